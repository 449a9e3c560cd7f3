-- Module console: there is one for commands alone.
local console = require "console"

test("outside of a command there is no console", function(t)
  local done, message = pcall(console.print, "x")
  t.equal(done, false)
  t.matches(message, "only a command has a console")
end)
