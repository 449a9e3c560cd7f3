-- Exit codes of helpers as codes of the document.
local machine_helper = require "kalliope.lib.machine_helper"

test("0, a code that the document has, else the failure", function(t)
  t.equal(machine_helper.code("thing", { "a" }, 44), 44) -- nobody named it
  t.equal(machine_helper.done("thing"), false)
  for exit, expected in pairs({ [0] = 0, [20] = 20, [21] = 44, [1] = 44 }) do
    t.helper:answer("thing", { code = exit })
    t.equal(machine_helper.code("thing", { "a" }, 44, { [20] = true }), expected)
  end
  t.equal(#t.helper:asked(), 4)
  t.helper:answer("thing", { error = "gone" })
  t.equal(machine_helper.code("thing", {}, 44), 44)
  t.helper:answer("thing", {})
  t.equal(machine_helper.done("thing"), true)
end)
