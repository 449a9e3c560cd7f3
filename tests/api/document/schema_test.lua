-- document/schema.lua: declarations as JSON schemas.
local schema = require "document.schema"

test("Lua patterns become regular expressions", function(t)
  t.equal(schema.regex("%d+"), "[0-9]+")
  t.equal(schema.regex("%+?%d+"), "\\+?[0-9]+")
  t.equal(schema.regex("[%w_%-]*"), "[A-Za-z0-9_\\-]*")
  t.equal(schema.regex("[^%c\"\\]*"), "[^\\u0000-\\u001f\\u007f\"\\\\]*")
  t.equal(schema.regex("[a-f-]"), "[a-f\\-]")
  t.equal(schema.regex("[^%d]"), "[^0-9]")
  t.equal(schema.regex("%-?%d+%@"), "-?[0-9]+@")  -- "\\-" outside of a class is no regular expression
  t.equal(schema.regex("a{1}|(b)"), "a\\{1\\}\\|\\(b\\)")
end)

test("a text has its lengths and pattern, and no NUL", function(t)
  t.equal(schema.of({}).maxLength, 4096)
  t.equal(schema.of({}).pattern, "^[^\\u0000]*$")
  local param = schema.of { min = 2, max = 5, pattern = "%a+", summary = "Letters." }
  t.equal(param.minLength, 2)
  t.equal(param.maxLength, 5)
  t.equal(param.pattern, "^([A-Za-z]+)?$")
  t.equal(param.description, "Letters.")
end)

test("a choice is its words alone", function(t)
  local param = schema.of { enum = { "on", "off" }, default = "on", pattern = "%a+" }
  t.equal(param.enum, { "on", "off" })
  t.equal(param.default, "on")
  t.equal(param.pattern, nil)
  t.equal(param.maxLength, nil)
end)

test("numbers, flags, lists and dates", function(t)
  local number = schema.of { type = "integer", min = 1, max = 9 }
  t.equal({ number.type, number.minimum, number.maximum }, { "integer", 1, 9 })
  t.equal(schema.of({ type = "number" }).maximum, 9007199254740991)
  t.equal(schema.of({ type = "boolean" }).type, "boolean")
  t.equal(schema.of({ type = "list" }).type, "array")
  t.contains(schema.of({ type = "date" }).pattern, "02-(0[1-9]|1[0-9]|2[0-8])")
  t.equal(schema.of({ type = "any" }).type, nil)
end)

test("a schema of one parameter does not leak into the next", function(t)
  schema.of({ type = "extension", max = 3, summary = "mine" })
  t.equal(schema.of({ type = "extension" }).maxLength, 40)
  t.equal(schema.of({ type = "extension" }).description, nil)
end)

test("what takes anything is written as an object, at any depth", function(t)
  local json = require "json"
  local it = schema.plain({ type = "object", properties = { a = {}, b = { type = "array", items = {} } }, anyOf = { {} } })
  t.equal(json.encode(it.properties.a), "{}")
  t.equal(json.encode(it.properties.b.items), "{}")
  t.equal(json.encode(it.anyOf), "[{}]")
end)

test("an example is made of what a schema says", function(t)
  t.equal(schema.example({ type = "object", properties = { a = { type = "string", enum = { "x", "y" } },
    b = { type = "array", items = { type = "integer" } }, c = { anyOf = { { type = "boolean" }, {} } }, d = {} } }),
    { a = "x", b = { 1 }, c = true, d = "text" })
  t.equal(schema.example({ type = "string", example = "Ada" }), "Ada")
end)
