-- Holds values against the schemas of a document (OpenAPI 3.0): what JSON decoded to, and elements of XML.
local holds = require("lib.value").holds
local json = require "json"

local schemas = {}

local valid

local function resolve(document, schema)
  while schema["$ref"] do
    local kind, name = schema["$ref"]:match("^#/components/(%w+)/(%w+)$")
    schema = document.components[kind][name]
  end
  return schema
end

local function type_of(value)
  if value == json.null then return "null" end
  if type(value) == "table" then return json.is_array(value) and "array" or "object" end
  if type(value) == "number" and value == math.floor(value) then return "integer" end
  return type(value)
end

local function one_of(document, list, value, where, exactly)
  local fitting, first = 0, nil
  for _, schema in ipairs(list) do
    local problem = valid(document, schema, value, where)
    if not problem then fitting = fitting + 1 end
    first = first or problem
  end
  if fitting == 0 then return first end
  if exactly and fitting > 1 then return where .. ": fits more than one" end
end

local function members(document, schema, value, where)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then return where .. ": " .. name .. " is missing" end
  end
  for name, it in pairs(value) do
    local known = (schema.properties or {})[name]
    local problem
    if known then
      problem = valid(document, known, it, where .. "." .. name)
    elseif schema.additionalProperties == false then
      problem = where .. ": " .. name .. " is not declared"
    elseif type(schema.additionalProperties) == "table" then
      problem = valid(document, schema.additionalProperties, it, where .. "." .. name)
    end
    if problem then return problem end
  end
end

local function items(document, schema, value, where)
  if schema.maxItems and #value > schema.maxItems then return where .. ": too long" end
  if schema.minItems and #value < schema.minItems then return where .. ": too short" end
  for i, it in ipairs(value) do
    local problem = schema.items and valid(document, schema.items, it, where .. "[" .. i - 1 .. "]")
    if problem then return problem end
  end
end

-- What is wrong with a value, or nil.
function valid(document, schema, value, where)
  schema = resolve(document, schema)
  local kind = type_of(value)
  if kind == "null" and schema.nullable then return nil end
  if schema.type and schema.type ~= kind and not (schema.type == "number" and kind == "integer") then
    return ("%s: %s instead of %s"):format(where, kind, schema.type)
  end
  if schema.enum and not holds(schema.enum, value) then return where .. ": not one of the words: " .. tostring(value) end
  if schema.minimum and value < schema.minimum then return where .. ": too small" end
  if schema.maximum and value > schema.maximum then return where .. ": too big" end
  for _, part in ipairs(schema.allOf or {}) do
    local problem = valid(document, part, value, where)
    if problem then return problem end
  end
  local problem = schema.anyOf and one_of(document, schema.anyOf, value, where)
    or schema.oneOf and one_of(document, schema.oneOf, value, where, true)
  if problem then return problem end
  if kind == "object" then return members(document, schema, value, where) end
  if kind == "array" then return items(document, schema, value, where) end
end

schemas.resolve = resolve

--- What is wrong with `value` by a schema of `document`; nil when nothing is.
function schemas.check(document, schema, value) return valid(document, schema, value, "answer") end

---- XML: an object is an element with children by their names, an array an element around items

local fits

local function children(document, schema, element, where)
  local seen = {}
  for _, child in ipairs(element) do
    local more = schema.additionalProperties
    local known = (schema.properties or {})[child.name] or type(more) == "table" and more
    if not known then return where .. ": " .. child.name .. " is not declared" end
    seen[child.name] = true
    local problem = fits(document, known, child, where .. "." .. child.name)
    if problem then return problem end
  end
  for _, name in ipairs(schema.required or {}) do
    if not seen[name] then return where .. ": " .. name .. " is missing" end
  end
end

-- What is wrong with an element, or nil.
function fits(document, schema, element, where)
  schema = resolve(document, schema)
  if schema.anyOf then
    local first
    for _, it in ipairs(schema.anyOf) do
      local problem = fits(document, it, element, where)
      if not problem then return nil end
      first = first or problem
    end
    return first
  end
  if schema.type == "object" then return children(document, schema, element, where) end
  if schema.type == "array" then
    local name = (resolve(document, schema.items).xml or {}).name
    for i, child in ipairs(element) do
      if child.name ~= name then return where .. ": " .. child.name .. " instead of " .. tostring(name) end
      local problem = fits(document, schema.items, child, where .. "[" .. i - 1 .. "]")
      if problem then return problem end
    end
    return nil
  end
  if #element > 0 then return where .. ": elements instead of " .. schema.type end
  if schema.type == "integer" and not element.text:find("^%-?%d+$") then return where .. ": no whole number: " .. element.text end
  if schema.enum and not holds(schema.enum, element.text) then return where .. ": not one of the words: " .. element.text end
end

--- What is wrong with the root element of an answer; nil when nothing is.
function schemas.check_xml(document, schema, root)
  local named = resolve(document, schema)
  local name = (named.xml or named.anyOf and resolve(document, named.anyOf[1]).xml or {}).name
  if name and root.name ~= name then return "answer: " .. root.name .. " instead of " .. name end
  return fits(document, schema, root, "answer")
end

return schemas
