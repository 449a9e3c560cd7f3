-- What an object shows and takes, said as exactly as the checks of engine/part.lua and engine/destination.lua are.
local columns = require "engine.column"
local column_schema = require("document.column").of
local destination = require "engine.destination"
local json = require "json"
local schemas = require "document.schema"

local objects = {}

local object, ref, nullable_text, LARGEST = schemas.object, schemas.ref, schemas.nullable_text, schemas.LARGEST

---- destinations

--- Components that every document shares.
function objects.destinations()
  local typed, plain = {}, {}
  for _, name in ipairs(destination.type_names()) do
    if destination.needs_id(name) then typed[#typed + 1] = name else plain[#plain + 1] = name end
  end
  local id = object({ type = "integer", minimum = 1, maximum = LARGEST })
  local function destination_object(names, with_id)
    return object({
      type = "object", required = json.array(with_id and { "type", "id" } or { "type" }),
      properties = object({ type = object({ type = "string", enum = json.array(names) }), id = id }),
    })
  end
  local text = object({ type = "string", example = "EXT-101",
    pattern = "^((" .. table.concat(typed, "|") .. ")-[1-9][0-9]{0,14}|" .. table.concat(plain, "|") .. ")$" })
  local forms = { text, destination_object(typed, true), destination_object(plain, false) }
  local with_ids = { text, object({ type = "integer", minimum = 1, maximum = LARGEST }), forms[2], forms[3] }
  local function list_of(name)
    return object({
      description = "Where calls go, in order; [] or null clears.",
      anyOf = json.array({ object({ type = "array", maxItems = 1000, nullable = true, items = ref(name) }), ref(name) }),
    })
  end
  return {
    Destination = object({ description = "TYPE-ID, or the two apart.", anyOf = json.array(forms) }),
    PlainDestination = object({ description = "TYPE-ID, the two apart, or an id of the usual type.",
      anyOf = json.array(with_ids) }),
    Destinations = list_of("Destination"), PlainDestinations = list_of("PlainDestination"),
  }
end

local function destinations_of(key)
  return ref(destination.takes_ids(key) and "PlainDestinations" or "Destinations")
end

---- bodies

local function is_filled(model, column)
  for _, required in ipairs(model.required) do
    if required == column then return true end
  end
  return false
end

local function child_properties(decl)
  local described, err = columns.of(decl.table)
  if not described then return nil, err end
  local properties = {}
  for _, column in ipairs(described.list) do
    local name = column.name
    if name ~= decl.key and name ~= decl.id and name ~= decl.tenant and column.kind ~= "blob" then
      local schema = column_schema(column, decl.columns and decl.columns[name])
      properties[name] = schema
      local short = decl.prefix and name:match("^" .. decl.prefix .. "(.+)$")
      if short then properties[short] = schema end
    end
  end
  return properties
end

local function copy_into(target, source)
  for name, value in pairs(source) do
    if target[name] == nil then target[name] = value end
  end
end

-- `keep(name, schema)` makes a component of a schema and points to it: a generated client names its type after that.
local function child_schema(decl, properties, keep)
  if decl.one then
    local description = "Columns of " .. decl.table .. "."
    local kept = keep(decl.name .. "_columns", object({ type = "object", properties = object(properties),
      description = description }))
    return object({ type = "object", nullable = true, allOf = json.array({ kept }), description = description })
  end
  local items
  if decl.items then
    items = object(decl.items)
    if items.type == "object" then items = keep(decl.name .. "_item", items) end
  elseif decl.reference then
    items = object({ type = "integer", minimum = 1, maximum = LARGEST })
  else
    items = keep(decl.name .. "_item", object({ type = "object", properties = object(properties) }))
  end
  return object({ type = "array", nullable = true, maxItems = 1000, items = items,
    description = "Replaces the rows of " .. decl.table .. "." })
end

local function add_children(model, properties, keep)
  for _, decl in ipairs(model.children) do
    local found, err = child_properties(decl)
    if not found then return nil, err end
    local schema
    for _, name in ipairs(decl.names) do
      if properties[name] == nil then
        schema = schema or child_schema(decl, found, keep)
        properties[name] = schema
      end
    end
    -- The rows of a phone are hundreds of columns, which nobody looks for at the top.
    if decl.flat and not decl.section then copy_into(properties, found) end
  end
  return true
end

local function add_destinations(model, properties, keep)
  if #model.destination_list == 0 then return end
  local keys = {}
  for _, key in ipairs(model.destination_list) do
    if not key:find("*", 1, true) then keys[key] = destinations_of(key) end
  end
  properties.destinations = keep("destinations", object({ type = "object", properties = object(keys), additionalProperties = false }))
  for alias, key in pairs(model.destination_alias) do
    local column = properties[alias]
    local forms = { destinations_of(key) }
    if column then
      -- A list or a TYPE-ID is the destination, anything else the column.
      forms = { unpack(column.anyOf or { column }) }
      forms[#forms + 1] = object({ type = "array", maxItems = 1000, items = ref(destination.takes_ids(key)
        and "PlainDestination" or "Destination") })
    end
    properties[alias] = #forms == 1 and forms[1] or object({ anyOf = json.array(forms) })
  end
end

local function inline(_, schema) return schema end

--- What a change may send. `keep(name, schema)`, where given, makes a component of the rows of other tables.
function objects.input(model, described, keep)
  keep = keep or inline
  local properties = {}
  for _, column in ipairs(described.list) do
    local settable = column.name ~= model.id and column.name ~= model.tenant and not model.readonly_set[column.name]
    if settable and column.kind ~= "blob" then
      properties[column.name] = column_schema(column, model.columns[column.name], nil,
        is_filled(model, column.name))
    end
  end
  for alias, target in pairs(model.aliases) do
    local column = described.by_name[target]
    if column and properties[target] then
      properties[alias] = column_schema(column, model.columns[target], "Alias of " .. target .. ".",
        is_filled(model, target))
    end
  end
  local ok, err = add_children(model, properties, keep)
  if not ok then return nil, err end
  for alias, target in pairs(model.aliases) do
    local child, column = target:match("^([%w_]+)%.([%w_]+)$")
    if child then
      local decl = model.child_by_name[child]
      local child_columns
      child_columns, err = columns.of(decl.table)
      if not child_columns then return nil, err end
      properties[alias] = column_schema(child_columns.by_name[column], decl.columns and decl.columns[column],
        "Alias of " .. target .. ".")
    end
  end
  add_destinations(model, properties, keep)
  for name, schema in pairs(model.body or {}) do properties[name] = object(schema) end
  return object({ type = "object", description = model.summary, properties = object(properties) })
end

-- Linters want a required name defined where it is required.
local function needs(input, name)
  return object({ type = "object", required = json.array({ name }),
    properties = object({ [name] = input.properties[name] }) })
end

--- What a create must send beside the schema `input`: each required column under one of its names.
function objects.create(model, input, input_name)
  local parts = { ref(input_name) }
  for _, column in ipairs(model.required) do
    local ways = { needs(input, column) }
    local names = {}
    for alias, target in pairs(model.aliases) do
      if target == column then names[#names + 1] = alias end
    end
    table.sort(names)
    for _, name in ipairs(names) do ways[#ways + 1] = needs(input, name) end
    parts[#parts + 1] = #ways == 1 and ways[1] or object({ anyOf = json.array(ways) })
  end
  if model.create_schema then parts[#parts + 1] = object(model.create_schema) end
  return object({ type = "object", description = model.summary, allOf = json.array(parts) })
end

---- answers

--- A row as lists and gets show it: text or null, whatever the column's type.
function objects.row(model, described)
  local properties = {}
  for _, column in ipairs(described.list) do
    if column.kind ~= "blob" and not model.hidden_set[column.name] then
      properties[column.name] = nullable_text(model.secret_set[column.name]
        and "Only with the global full key." or nil)
    end
  end
  properties.id = object({ type = "integer", description = "The same as " .. model.id .. ", as a number." })
  if model.label then properties.name = nullable_text() end
  for _, extra in ipairs(model.extras or {}) do
    properties[extra.name] = nullable_text(extra.secret and "Only with the global full key." or nil)
  end
  return object({ type = "object", properties = object(properties) })
end

--- What `sort` may say: declared columns, aliases, id and name.
function objects.sort(model, described)
  local names, seen = {}, {}
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  add("id")
  if model.label then add("name") end
  for _, column in ipairs(described.list) do
    if not model.secret_set[column.name] and not model.hidden_set[column.name] then add(column.name) end
  end
  for alias, target in pairs(model.aliases) do
    if described.by_name[target] and not model.secret_set[target] and not model.hidden_set[target] then add(alias) end
  end
  table.sort(names)
  local one = "-?(" .. table.concat(names, "|") .. ")"
  return object({ type = "string", maxLength = 200, pattern = "^(" .. one .. "(," .. one .. "){0,2})?$", example = "-id" })
end

return objects
