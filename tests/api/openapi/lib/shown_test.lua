-- openapi/lib/shown.lua: what a get shows beside the columns, as schemas.
local parts = require "document.parts"
local shown = require "openapi.lib.shown"

local NOTHING = { type = "array", maxItems = 0, items = { type = "object" } }
local ROW = { ["$ref"] = "#/components/schemas/TextRow" }

local function model(more)
  local it = { destination_list = {}, children = {} }
  for name, value in pairs(more or {}) do it[name] = value end
  return it
end

test("an object with nothing beside it says an empty array", function(t)
  t.equal(shown.related(parts.new(), model(), "Thing"), NOTHING)
end)

test("destinations, rows of other tables and what a model adds are named", function(t)
  local book = parts.new()
  local it = shown.related(book, model({ destination_list = { "THING" }, related = true, children = {
    { name = "members" }, { name = "realtime", one = true }, { name = "hidden", show = false },
    { name = "endpoint", section = "tech_details" },
  }, shown = { related = { state = "row" } } }), "Thing")
  t.equal(it, { ["$ref"] = "#/components/schemas/ThingRelated" })
  local related = book.schemas.ThingRelated
  t.equal(related.required, { "destinations", "members", "realtime", "state" })
  t.equal(related.additionalProperties, false)
  t.equal(related.properties.members, { type = "array", items = ROW })
  t.equal(related.properties.realtime.oneOf, { ROW, { type = "boolean" } })
  t.equal(related.properties.destinations.oneOf[2], NOTHING)
  t.equal(related.properties.hidden, nil)
end)

test("the example is of an object that has nothing yet", function(t)
  t.equal(shown.example(model()), {})
  t.equal(shown.example(model({ destination_list = { "THING" }, children = {
    { name = "members" }, { name = "realtime", one = true }, { name = "sometimes", when = true } },
    shown = { related = { state = "row", phones = "rows" } } })),
    { destinations = {}, members = {}, realtime = false, state = false, phones = {} })
end)

test("what a model adds without saying so may be anything", function(t)
  local book = parts.new()
  local it = shown.related(book, model({ related = true }), "Thing")
  t.equal(it.oneOf, { { ["$ref"] = "#/components/schemas/ThingRelated" }, NOTHING })
  t.equal(book.schemas.ThingRelated.additionalProperties, true)
end)

test("a section is a component of its own", function(t)
  local book = parts.new()
  local it = shown.sections(book, model({ shown = { sections = {
    tech_details = { items = "rows" }, values = { type = "object", additionalProperties = { type = "string" } } } } }), "Thing")
  t.equal(it.tech_details, { ["$ref"] = "#/components/schemas/ThingTechDetails" })
  t.equal(book.schemas.ThingTechDetails.properties.items, { type = "array", items = ROW })
  t.equal(book.schemas.ThingValues.additionalProperties, { type = "string" })
  t.equal(shown.sections(book, model(), "Thing"), {})
end)
