-- lib.object: a misspelt declaration does not pass in silence.
local object = require "engine.object"

test("unknown keys of an object or a child are an error", function(t)
  local ok, message = pcall(object, { name = "x", table = "t", id = "i", tennant = "y" })
  t.equal(ok, false)
  t.contains(message, "tennant")
  ok = pcall(object, { name = "x", table = "t", id = "i", children = { { name = "c", tabel = "u" } } })
  t.equal(ok, false)
end)

test("names are derived", function(t)
  local made = object({ name = "thing", table = "t", id = "i", tenant = "te" })
  t.equal(made.plural, "things")
  t.equal(made.scope, "tenant")
  t.equal(object({ name = "more", table = "m", id = "i" }).scope, "global")
end)
