-- kalliope/lib/shapes.lua: elements as schemas.
local shapes = require "kalliope.lib.shapes"

test("an element has children, some of which may be left out", function(t)
  local it = shapes.element({ id = "whole", on = "flag" }, { note = "text" })
  t.equal(it.required, { "id", "on" })
  t.equal(it.properties.on.enum, { "true", "false" })
  t.equal(it.properties.note.type, "string")
  t.equal(shapes.element({}).required, nil)
  t.equal(pcall(shapes.element, { id = "number" }), false)
end)

test("a list is an element around items of one name", function(t)
  local it = shapes.list("user", shapes.element({ exten = "text" }))
  t.equal({ it.type, it.xml.wrapped, it.items.xml.name }, { "array", true, "user" })
  t.equal(it.items.required, { "exten" })
end)

test("the frame is around each form of a result", function(t)
  local it = shapes.response(shapes.or_outcome(shapes.contacts, "contact"))
  t.equal(#it.anyOf, 2)
  t.equal(it.anyOf[1].required, { "contacts" })
  t.equal(it.anyOf[2].properties.contact.properties.error.required, { "code", "message" })
  t.equal(it.anyOf[2].xml.name, "kpbx_response")
  t.equal(shapes.request({ properties = { user = {} }, required = { "user" } }).required, { "user" })
  t.equal(shapes.body("a b").document.schema.required, { "a", "b" })
end)
