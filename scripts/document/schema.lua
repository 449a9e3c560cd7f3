-- JSON schemas: of declared parameters, of declared schemas as they go on the wire, and the pieces that all
-- documents are made of.
local json = require "json"
local merged = require("lib.value").merged

local schemas = {}

local function object(value) return json.object(value or {}) end
schemas.object = object

local function ref(name) return object({ ["$ref"] = "#/components/schemas/" .. name }) end
schemas.ref = ref

local NO_NUL = "^[^\\u0000]*$"

-- Every day that columns.datetime takes, and no other.
local LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
local DATE = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
  .. "|02-(0[1-9]|1[0-9]|2[0-8]))|" .. LEAP_YEAR .. "-02-29)"
local MOMENT = DATE .. "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?"
local DATETIME = "^(" .. MOMENT .. ")?$"
--- A date with or without a time, as a regular expression without its ends.
schemas.DATETIME = MOMENT
--- The largest whole number that every client keeps exact.
schemas.LARGEST = 9007199254740991

local TYPES = {
  string = { type = "string" }, integer = { type = "integer" }, number = { type = "number" },
  boolean = { type = "boolean" }, object = { type = "object" }, any = {},
  extension = { type = "string", maxLength = 40, pattern = "^[A-Za-z0-9*#_+.]+$" },
  date = { type = "string", pattern = "^(" .. DATE .. ")?$" },
  datetime = { type = "string", description = "YYYY-MM-DD, with HH:MM or HH:MM:SS after it",
    pattern = DATETIME },
}

local CLASSES = { w = "A-Za-z0-9", d = "0-9", s = "\\s", c = "\\u0000-\\u001f\\u007f", x = "0-9A-Fa-f",
  a = "A-Za-z", u = "A-Z", l = "a-z" }

--- The Lua patterns that declarations use, as regular expressions.
function schemas.regex(pattern)
  local out, i, inside = {}, 1, false
  while i <= #pattern do
    local c = pattern:sub(i, i)
    if c == "%" then
      i = i + 1
      c = pattern:sub(i, i)
      local class = CLASSES[c]
      if class then
        c = inside and class or "[" .. class .. "]"
      elseif c:find("^[%^$\\.*+?()%[%]{}|/]$") or (inside and c == "-") then
        c = "\\" .. c  -- regular expressions know no other escapes
      end
    elseif c == "[" then
      inside = true
      if pattern:sub(i + 1, i + 1) == "^" then
        c = "[^"
        i = i + 1
      end
    elseif c == "]" then
      inside = false
    elseif inside and c == "-" then
      -- Only a range between two plain characters keeps its meaning.
      local before, after = pattern:sub(i - 1, i - 1), pattern:sub(i + 1, i + 1)
      if not (before:find("^%w$") and after:find("^%w$") and pattern:sub(i - 2, i - 2) ~= "%") then c = "\\-" end
    elseif c == "\\" or (not inside and c:find("^[{}|/()$^]$")) then
      c = "\\" .. c
    end
    out[#out + 1] = c
    i = i + 1
  end
  return table.concat(out)
end

local function list_type() return { type = "array", items = object() } end

--- The schema of one declared parameter.
function schemas.of(param)
  local out = merged(param.type == "list" and list_type() or TYPES[param.type or "string"])
  if param.enum then out.enum = json.array(param.enum) end
  if out.type == "string" then
    if param.max or not out.maxLength then out.maxLength = param.max or 4096 end
    if param.min then out.minLength = param.min end
    if param.pattern then
      out.pattern = "^(" .. schemas.regex(param.pattern) .. ")" .. (param.required and "$" or "?$")
    end
    if not out.pattern then out.pattern = NO_NUL end
    if param.enum then out.maxLength, out.minLength, out.pattern = nil, nil, nil end
  elseif out.type == "integer" or out.type == "number" then
    out.minimum, out.maximum = param.min or -schemas.LARGEST, param.max or schemas.LARGEST
  end
  if type(param.default) ~= "nil" and type(param.default) ~= "table" then out.default = param.default end
  out.example = param.example
  out.description = param.summary or out.description
  return object(out)
end

--- A declared schema as it is written: in declarations `{}` takes anything, on the wire it would be a list.
function schemas.plain(schema)
  local out = merged(schema)
  if out.properties then
    local properties = {}
    for name, value in pairs(out.properties) do properties[name] = schemas.plain(value) end
    out.properties = object(properties)
  end
  for _, name in ipairs({ "items", "additionalProperties" }) do
    if type(out[name]) == "table" then out[name] = schemas.plain(out[name]) end
  end
  for _, name in ipairs({ "anyOf", "oneOf", "allOf" }) do
    if out[name] then
      local list = json.array({})
      for i, value in ipairs(out[name]) do list[i] = schemas.plain(value) end
      out[name] = list
    end
  end
  return object(out)
end

local EXAMPLES = { string = "text", integer = 1, number = 1, boolean = true }

--- A value that a schema takes, made of the examples, words and types in it.
function schemas.example(schema)
  if schema.example ~= nil then return schema.example end
  if schema.default ~= nil then return schema.default end
  if schema.enum then return schema.enum[1] end
  if schema.allOf then
    local out = {}
    for _, it in ipairs(schema.allOf) do
      for name, value in pairs(schemas.example(it)) do out[name] = value end
    end
    return object(out)
  end
  local choice = schema.anyOf or schema.oneOf
  if choice then return schemas.example(choice[1]) end
  if schema.type == "array" then
    local item = schema.maxItems ~= 0 and schemas.example(schema.items or {})
    return json.array({ item or nil })
  end
  if schema.type == "object" then
    local out = {}
    for name, it in pairs(schema.properties or {}) do out[name] = schemas.example(it) end
    return object(out)
  end
  return EXAMPLES[schema.type or "string"]
end

--- Text or null, as answers show any column.
local function nullable_text(description)
  return object({ type = "string", nullable = true, description = description })
end
schemas.nullable_text = nullable_text

--- A list of rows as reports stream them, every column text or null; `example` is one row.
function schemas.report(names, example)
  local properties = {}
  for _, name in ipairs(names) do properties[name] = nullable_text() end
  return { type = "array", items = object({ type = "object", required = json.array(names), properties = object(properties),
    additionalProperties = false }), example = example and json.array({ object(example) }) }
end

return schemas
