-- document/object.lua: what an object takes and shows.
local columns = require "engine.column"
local extension = require "model.extension"
local objects = require "document.object"

local function described(t)
  local found, err = columns.of(extension.table)
  t.equal(err, nil)
  return found
end

test("a body may say columns, their aliases, rows of the object and its destinations", function(t)
  local input = objects.input(extension, described(t))
  local properties = input.properties
  t.equal(properties.ex_number.anyOf[1].minLength, 1)
  t.equal(properties.number.anyOf, properties.ex_number.anyOf)
  t.equal(properties.number.description, "Alias of ex_number.")
  t.equal(properties.ps_endpoints.allOf[1].description, "Columns of ps_endpoints.")
  t.equal(properties.destinations.properties["EXT-BUSY"], { ["$ref"] = "#/components/schemas/Destinations" })
  t.equal(properties.password.type, "string")
  for _, name in ipairs({ "ex_id", "ex_te_id", "ex_tech_id" }) do t.equal(properties[name], nil, name) end
end)

test("a create needs each required column under one of its names", function(t)
  local found = described(t)
  local create = objects.create(extension, objects.input(extension, found), "ExtensionInput")
  t.equal(create.allOf[1], { ["$ref"] = "#/components/schemas/ExtensionInput" })
  t.equal({ create.allOf[2].anyOf[1].required, create.allOf[2].anyOf[2].required }, { { "ex_number" }, { "number" } })
end)

test("a row shows text or null, and says what only the global key sees", function(t)
  local row = objects.row(extension, described(t)).properties
  t.equal(row.ex_number, { type = "string", nullable = true })
  t.equal(row.ex_lockpin.description, "Only with the global full key.")
  t.equal(row.id.type, "integer")
end)

test("nobody sorts by a secret", function(t)
  local pattern = objects.sort(extension, described(t)).pattern
  t.contains(pattern, "|ex_number|")
  t.equal(pattern:find("ex_lockpin", 1, true), nil)
end)

test("a destination is TYPE-ID, the two apart, and where a column has its own kind an id", function(t)
  local shared = objects.destinations()
  t.equal(#shared.Destination.anyOf, 3)
  t.equal(#shared.PlainDestination.anyOf, 4)
  t.contains(shared.Destination.anyOf[1].pattern, "|SAMENUMBERVM)$")
  t.contains(shared.Destination.anyOf[1].pattern, "|EXT|")
  t.equal(shared.Destinations.anyOf[1].items, { ["$ref"] = "#/components/schemas/Destination" })
end)
