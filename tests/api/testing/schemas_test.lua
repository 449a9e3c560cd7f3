-- testing/schemas.lua: values and elements held against schemas.
local json = require "json"
local schemas = require "testing.schemas"
local xml = require "xml"

local DOCUMENT = { components = { schemas = { Word = { type = "string", enum = { "a", "b" } } } } }

local function wrong(schema, value) return schemas.check(DOCUMENT, schema, value) end

test("values", function(t)
  t.equal(wrong({ ["$ref"] = "#/components/schemas/Word" }, "a"), nil)
  t.contains(wrong({ ["$ref"] = "#/components/schemas/Word" }, "c"), "not one of the words")
  t.equal(wrong({ type = "integer", nullable = true }, json.null), nil)
  t.contains(wrong({ type = "integer" }, 1.5), "number instead of integer")
  local map = { type = "object", additionalProperties = { type = "integer" } }
  t.equal(wrong(map, { x = 1 }), nil)
  t.contains(wrong(map, { x = "1" }), "answer.x: string instead of integer")
  t.contains(wrong({ type = "array", maxItems = 0 }, json.array({ 1 })), "too long")
end)

local BOOK = {
  type = "object", xml = { name = "answer" }, required = { "books" },
  properties = { books = { type = "array", items = {
    type = "object", xml = { name = "book" }, required = { "id" },
    properties = { id = { type = "integer" }, kind = { type = "string", enum = { "x", "y" } } },
  } } },
}

test("elements", function(t)
  local function check(text, schema) return schemas.check_xml(DOCUMENT, schema or BOOK, xml.decode(text)) end
  t.equal(check("<answer><books><book><id>1</id><kind>x</kind></book></books></answer>"), nil)
  t.equal(check("<answer><books/></answer>"), nil)
  t.contains(check("<reply><books/></reply>"), "reply instead of answer")
  t.contains(check("<answer/>"), "books is missing")
  t.contains(check("<answer><books><pen/></books></answer>"), "pen instead of book")
  t.contains(check("<answer><books><book><id>one</id></book></books></answer>"), "no whole number: one")
  t.contains(check("<answer><books><book><id>1</id><kind>z</kind></book></books></answer>"), "not one of the words: z")
  t.contains(check("<answer><books><book><id><a/></id></book></books></answer>"), "elements instead of integer")
  t.contains(check("<answer><books/><more/></answer>"), "more is not declared")
  local map = { type = "object", additionalProperties = { type = "integer" } }
  t.equal(check("<x><_1>1</_1></x>", map), nil)
  t.contains(check("<x><_1>a</_1></x>", map), "no whole number: a")
  t.equal(check("<answer><b>1</b></answer>", { anyOf = { BOOK, { type = "object", properties = { b = { type = "integer" } } } } }), nil)
end)
