-- document/column.lua: what a body may send for a column.
local column = require "document.column"
local columns = require "engine.column"
local json = require "json"

local TEXT = { name = "xx_name", kind = "text", max = 40 }

test("texts of a length are one component, with numbers and flags as clients send them", function(t)
  t.equal(column.of(TEXT), { ["$ref"] = "#/components/schemas/Text40OrNull" })
  local shared = column.shared().Text40OrNull
  t.equal(shared.anyOf[1].maxLength, 40)
  t.equal(shared.anyOf[1].nullable, true)
  t.equal({ shared.anyOf[2].type, shared.anyOf[3].type }, { "number", "boolean" })
  t.equal(column.of(TEXT, nil, "A name.").allOf[1], { ["$ref"] = "#/components/schemas/Text40OrNull" })
end)

test("a column that must be filled takes no empty text and no null", function(t)
  local schema = column.of(TEXT, nil, nil, true)
  t.equal(schema.anyOf[1].minLength, 1)
  t.equal(schema.anyOf[1].nullable, nil)
  t.equal(#schema.anyOf, 2)
end)

test("a pattern is said as it is checked, and takes a number where digits fit", function(t)
  local schema = column.of(TEXT, { pattern = "%d+", max = 5 })
  t.equal(schema.anyOf[1].pattern, "^([0-9]+)?$")
  t.equal(schema.anyOf[2].maximum, 99999)
  t.equal(column.of(TEXT, { pattern = "%a+" }).anyOf, nil)
end)

test("words are a choice with an empty one, and flags where yes and no are meant", function(t)
  local schema = column.of({ name = "xx_kind", kind = "text", not_null = true }, { enum = { "a", "b" } })
  t.equal(schema.enum, { "a", "b", "" })
  -- found: the empty word stood in the choice of a column that must be filled, and was refused
  local filled = column.of({ name = "xx_kind", kind = "text" }, { enum = { "", "a", "b" } }, nil, true)
  t.equal({ filled.enum, filled.nullable }, { { "a", "b" } })
  local date = column.of({ name = "xx_date", kind = "datetime" }, nil, nil, true)
  t.equal(date.pattern:sub(-2), "?$")
  t.equal(date["$ref"], nil)
  local flag = column.of({ name = "xx_on", kind = "text" }, { enum = { "on", "" } })
  t.equal(flag.anyOf[1].enum, { "on", "", json.null })
  t.equal(flag.anyOf[2].type, "boolean")
end)

test("numbers, ids and dates are components of their own", function(t)
  t.equal(column.of({ name = "xx_level", kind = "integer", not_null = true })["$ref"], "#/components/schemas/Whole")
  t.equal(column.of({ name = "xx_qu_id", kind = "integer" })["$ref"], "#/components/schemas/NaturalWholeOrNull")
  t.equal(column.of({ name = "xx_rate", kind = "number", not_null = true })["$ref"], "#/components/schemas/Number")
  t.equal(column.of({ name = "xx_date", kind = "datetime" })["$ref"], "#/components/schemas/DateTimeOrNull")
  local bounded = column.of({ name = "xx_level", kind = "integer", not_null = true }, { low = 1, high = 9 })
  t.equal({ bounded.minimum, bounded.maximum }, { 1, 9 })
end)

test("a list is taken as an array too", function(t)
  local described = columns.of("ex_extensions")
  local schema = column.of(described.by_name.ex_callgroup, { list = true, pattern = "[%w,_ ]*" })
  t.equal(schema.anyOf[#schema.anyOf].type, "array")
end)
