-- Sorts what a client sent into the columns of an object, its destinations and its children.
local child = require "engine.part"
local columns = require "engine.column"
local destination = require "engine.destination"
local failure = require("lib.failure").of
local json = require "json"

local body = {}

local function looks_like_destination(value)
  if type(value) == "table" then return true end
  return type(value) == "string" and (value:find("^%u+%-%d+$") or destination.is_bare(value))
end

-- A key of a declared family of keys: CUSTOMIVR_55 of CUSTOMIVR_*.
local function open_key(model, key)
  for declared in pairs(model.destination_keys) do
    local prefix = declared:match("^(.*)%*$")
    if prefix and key:sub(1, #prefix) == prefix and key:find("^[%w_]+$", #prefix + 1) then return key end
  end
end

local function take_destinations(model, out, given)
  -- PHP writes an empty object as an empty list.
  if type(given) ~= "table" or given[1] ~= nil then
    return failure("invalid", "invalid_destination", "destinations: must be an object", "destinations")
  end
  for name, value in pairs(given) do
    local key = tostring(name)
    local upper = key:upper()
    local known = model.destination_keys[upper] and upper or model.destination_alias[key:lower()]
    if not known then known = open_key(model, upper) end
    if not known then
      return failure("invalid", "invalid_destination", "destinations: unknown key: " .. key:sub(1, 60),
        "destinations")
    end
    local items, err = destination.read(known, value, key)
    if not items then return nil, err end
    out.destinations[known], out.names[known] = items, key
  end
  return true
end

local function take_child(out, decl, name, value)
  if decl.one then
    if value == json.null then
      if decl.removable then out.children[decl.name] = json.null end
      return true
    end
    local values, err = child.read(decl, value, name)
    if not values then return nil, err end
    local into = out.children[decl.name]
    if not into or into == json.null then into = {} end
    for column, converted in pairs(values) do into[column] = converted end
    out.children[decl.name] = into
    return true
  end
  if value == json.null or value == "" then value = {} end
  if type(value) == "string" then
    local list = {}
    for part in value:gmatch("[^,%s]+") do list[#list + 1] = part end
    value = list
  end
  if type(value) ~= "table" or (next(value) ~= nil and value[1] == nil) then
    return failure("invalid", "invalid_field", name .. ": must be a list", name)
  end
  if #value > 10000 then
    return failure("invalid", "invalid_field", name .. ": more than 10000 items", name)
  end
  out.children[decl.name] = value
  return true
end

local function take_flat(model, out, name, value)
  local taken = false
  for _, decl in ipairs(model.children) do
    local column = decl.flat and child.column(decl, name)
    if column then
      local converted, err = columns.convert(column, name, value,
        decl.columns and decl.columns[column.name], decl.secret_set[column.name])
      if converted == nil then return nil, err end
      local into = out.children[decl.name]
      if not into or into == json.null then into = {} end
      into[column.name] = converted
      out.children[decl.name] = into
      taken = true
    end
  end
  return taken
end

local function take_column(model, out, column, name, value)
  if column.name == model.id or column.name == model.tenant then return true end
  if model.readonly_set[column.name] then return true end
  local rule = model.columns[column.name]
  if rule and rule.list and type(value) == "table" then
    local parts = {}
    if next(value) ~= nil and value[1] == nil then
      return failure("invalid", "invalid_field", name .. ": must be a list of texts", name)
    end
    for i, item in ipairs(value) do
      if type(item) ~= "string" and type(item) ~= "number" then
        return failure("invalid", "invalid_field", name .. ": must be a list of texts", name)
      end
      parts[i] = tostring(item)
    end
    value = table.concat(parts, ",")
  end
  if type(value) == "boolean" and model.required_set[column.name] then
    return failure("invalid", "invalid_field", name .. ": must not be true or false", name)
  end
  local converted, err = columns.convert(column, name, value, rule, model.secret_set[column.name])
  if converted == nil then return nil, err end
  out.values[column.name], out.names[column.name] = converted, name
  return true
end

local function take(model, described, out, name, value)
  if name == "destinations" and next(model.destination_keys) then
    return take_destinations(model, out, value)
  end
  local target = model.aliases[name] or name
  local child_name, child_column = target:match("^([%w_]+)%.([%w_]+)$")
  if child_name then
    return take_child(out, model.child_by_name[child_name], name, json.object({ [child_column] = value }))
  end
  local column = described.by_name[target]
  local key = model.destination_alias[name]
  if key and (looks_like_destination(value) or not (column or take_flat(model, { children = {} }, name, value))) then
    local items, err = destination.read(key, value, name)
    if not items then return nil, err end
    out.destinations[key], out.names[key] = items, name
    return true
  end
  if model.child_names[name] then return take_child(out, model.child_names[name], name, value) end
  local taken, err
  if column then
    taken, err = take_column(model, out, column, name, value)
    if not taken then return nil, err end
  end
  -- A column of the same name in a child follows: mailbox of an extension and of its endpoint.
  taken, err = take_flat(model, out, target, value)
  if taken == nil then return nil, err end
  return true
end

--- Columns, destinations and children of a body, checked; `names` keeps what the client called a
--- column or a key. Aliases first, so that a column given under its own name wins.
function body.read(model, described, fields)
  local out = { values = {}, names = {}, destinations = {}, children = {} }
  local names = {}
  for name in pairs(fields) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names, function(a, b)
    local left, right = described.by_name[a] ~= nil, described.by_name[b] ~= nil
    if left ~= right then return right end
    return a < b
  end)
  for _, name in ipairs(names) do
    local ok, err = take(model, described, out, name, fields[name])
    if not ok then return nil, err end
  end
  return out
end

--- The name a client knows a column by.
function body.public_name(model, column)
  for alias, target in pairs(model.aliases) do
    if target == column then return alias end
  end
  return column
end

--- Refuses values that lack a required column.
function body.check_required(model, values)
  for _, column in ipairs(model.required) do
    local value = values[column]
    if value == nil or value == json.null or value == "" then
      local name = body.public_name(model, column)
      return failure("invalid", "missing_required_field", "Missing required field: " .. name .. ".",
        name)
    end
  end
  return true
end

return body
