-- What a get shows beside the columns, as schemas: `related`, and the sections of an object.
local components = require "openapi.lib.components"
local json = require "json"
local parts = require "document.parts"
local schemas_of = require "document.schema"

local shown = {}

local object = schemas_of.object

local NOTHING = object({ type = "array", maxItems = 0, items = object({ type = "object" }) })

local function rows(book) return object({ type = "array", items = components.schema(book, "TextRow") }) end

local function row(book)
  return object({ description = "False when there is none.",
    oneOf = json.array({ components.schema(book, "TextRow"), object({ type = "boolean" }) }) })
end

-- A kind is "row", "rows", a schema, or kinds by name.
local function schema_of(book, kind)
  if kind == "row" then return row(book) end
  if kind == "rows" then return rows(book) end
  if kind.type then return schemas_of.plain(kind) end
  local properties = {}
  for name, it in pairs(kind) do properties[name] = schema_of(book, it) end
  return object({ type = "object", properties = object(properties), additionalProperties = false })
end

-- What stands there for an object that has nothing yet.
local function example_of(kind)
  if kind == "row" then return false end
  if kind == "rows" then return json.array({}) end
  return schemas_of.example(kind)
end

local function destinations(book)
  return object({ description = "By source key; an empty array when there are none.", oneOf = json.array({
    object({ type = "object", additionalProperties = object({ type = "array",
      items = components.schema(book, "DestinationRow") }) }),
    NOTHING,
  }) })
end

--- The schema of `related`. What a model's own function adds is known where its `shown` says it.
function shown.related(book, model, name)
  local properties, required = {}, {}
  local function add(member, schema, always)
    properties[member] = schema
    if always then required[#required + 1] = member end
  end
  if #model.destination_list > 0 then add("destinations", destinations(book), true) end
  for _, decl in ipairs(model.children) do
    if not decl.section and decl.show ~= false then add(decl.name, schema_of(book, decl.one and "row" or "rows"), not decl.when) end
  end
  local declared = model.shown and model.shown.related
  for member, kind in pairs(declared or {}) do add(member, schema_of(book, kind), true) end
  local unknown = model.related and not declared or false
  table.sort(required)
  local whole = object({ type = "object", properties = object(properties), additionalProperties = unknown,
    required = #required > 0 and json.array(required) or nil })
  if next(properties) == nil and not unknown then return NOTHING end
  whole = book.schema(name .. "Related", whole)
  if #required > 0 then return whole end
  return object({ description = "An empty array when there is nothing.", oneOf = json.array({ whole, NOTHING }) })
end

--- An example of `related`: an object of which nothing else is there yet.
function shown.example(model)
  local out = {}
  if #model.destination_list > 0 then out.destinations = json.array({}) end
  for _, decl in ipairs(model.children) do
    if not decl.section and decl.show ~= false and not decl.when then out[decl.name] = example_of(decl.one and "row" or "rows") end
  end
  for member, kind in pairs(model.shown and model.shown.related or {}) do out[member] = example_of(kind) end
  return next(out) == nil and json.array({}) or object(out)
end

--- The schemas of the sections, by name.
function shown.sections(book, model, name)
  local out = {}
  for member, kind in pairs(model.shown and model.shown.sections or {}) do
    out[member] = book.schema(name .. parts.camel(member), schema_of(book, kind))
  end
  return out
end

return shown
