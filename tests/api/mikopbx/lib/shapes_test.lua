-- mikopbx/lib/shapes.lua: what the resources show, as schemas.
local shapes = require "mikopbx.lib.shapes"

test("a record has its members, some of which may be left out", function(t)
  local it = shapes.record({ id = "whole", name = "text" }, { note = "text_or_null" })
  t.equal(it.required, { "id", "name" })
  t.equal(it.properties.note, { type = "string", nullable = true })
  t.equal(shapes.members("a b", "text", { c = "flag" }), { a = "text", b = "text", c = "flag" })
  t.equal(pcall(shapes.record, { id = "int" }), false)
end)

test("an empty object may be a list", function(t)
  local it = shapes.map("text")
  t.equal(it.anyOf[1].additionalProperties.type, "string")
  t.equal(it.anyOf[2].maxItems, 0)
end)

test("the envelope is around data, in the older API with none in a refusal", function(t)
  t.equal(shapes.envelope(shapes.secret).properties.data, shapes.secret)
  local older = shapes.envelope(shapes.secret, true)
  t.equal(older.properties.data.anyOf, { shapes.secret, shapes.nothing })
  t.truthy(older.properties.jsonapi)
end)
