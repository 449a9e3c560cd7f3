-- A dialect's words for its types.
local words = require "document.shape"

test("words become schemas, members are required and extras are not", function(t)
  local shape = words({ text = { type = "string" } })
  t.equal(shape.record(shape.members("b a", "text"), { c = { type = "integer" } }), { type = "object", required = { "a", "b" },
    properties = { a = { type = "string" }, b = { type = "string" }, c = { type = "integer" } } })
  t.equal(shape.record({}).required, nil)
  t.equal(pcall(shape.schema, "number"), false)
end)
