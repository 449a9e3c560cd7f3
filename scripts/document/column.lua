-- What a body may send for a column, said as exactly as the checks of engine/column.lua are.
local columns = require "engine.column"
local json = require "json"
local schemas = require "document.schema"

local column_schemas = { keeps = { "shared" } }

local object, ref, LARGEST = schemas.object, schemas.ref, schemas.LARGEST

local NO_CONTROLS = "^[^\\u0000-\\u001f\\u007f]*$"
-- Free text: tabs and line breaks are the only controls.
local LINES = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$"

-- Numbers are taken as text: clients of the original send `"timeout": 20` for a text column.
local function digits_type(max)
  local digits = math.min(max, 15)
  return object({ type = "integer", minimum = 0, maximum = 10 ^ digits - 1 })
end

local function any_of(list, nullable, description)
  if nullable then
    -- In OpenAPI 3.0 null needs a type beside it.
    list[1].nullable = true
  end
  if #list == 1 then
    list[1].description = description
    return list[1]
  end
  return object({ anyOf = json.array(list), description = description })
end

-- Kinds of value that hundreds of columns share are components: the document stays half as long and
-- generated types get names.
local shared = {}

local function share(name, schema, nullable, description)
  if nullable then name = name .. "OrNull" end
  shared[name] = schema
  if not description then return ref(name) end
  return object({ allOf = json.array({ ref(name) }), description = description })
end

--- The components that columns refer to, by name; complete once every object has been described.
function column_schemas.shared() return shared end

local function pattern_text(rule, max, filled)
  local pattern = rule.regex or schemas.regex(rule.pattern)
  local text = object({ type = "string", maxLength = max, minLength = filled and 1 or nil,
    pattern = filled and "^" .. pattern .. "$" or "^(" .. pattern .. ")?$" })
  local list = { text }
  if rule.regex then
    list[2] = rule.whole and object({ type = "integer", minimum = rule.whole[1], maximum = rule.whole[2] }) or nil
    return list
  end
  if ("12"):find("^" .. rule.pattern .. "$") and ("123456789"):find("^" .. rule.pattern .. "$") then
    list[2] = digits_type(max)
  end
  return list
end

-- An enumeration may be left empty as well, unless the column must not be.
local function enum_words(rule, filled)
  local words = json.array({})
  for _, word in ipairs(rule.enum) do
    if word ~= "" then words[#words + 1] = word end
  end
  if not filled then words[#words + 1] = "" end
  return words
end

local function text_column(column, rule, filled, description)
  local max = rule.max or column.max or 65535
  local nullable = not column.not_null and not filled
  if rule.enum then
    local words = enum_words(rule, filled)
    if nullable then words[#words + 1] = json.null end
    local text = object({ type = "string", nullable = nullable or nil, enum = words, description = description })
    if not columns.takes_flags(rule) then return text end
    text.description = nil
    if rule.shared and not filled then
      return share(rule.shared, object({ anyOf = json.array({ text, object({ type = "boolean" }) }) }),
        nullable, description)
    end
    return object({ anyOf = json.array({ text, object({ type = "boolean" }) }), description = description })
  end
  if rule.pattern or rule.regex then return any_of(pattern_text(rule, max, filled), nullable, description) end
  local list = {
    object({ type = "string", maxLength = max, minLength = filled and 1 or nil,
      pattern = (column.free or rule.multiline) and LINES or NO_CONTROLS }),
    max < 24 and digits_type(max) or object({ type = "number" }),
  }
  if filled then return any_of(list, false, description) end
  list[3] = object({ type = "boolean" })
  local name = (column.free or rule.multiline) and "FreeText" or "Text"
  return share(name .. max, any_of(list, nullable), nullable, description)
end

local function number_column(column, rule, filled, description)
  local whole = column.kind == "integer"
  local low, high = columns.bounds(column, rule)
  local list = { object({ type = whole and "integer" or "number", minimum = low or -LARGEST,
    maximum = high or LARGEST }) }
  -- Forms send digits.
  if not rule.high then
    local digits = whole and "[0-9]{1,15}" or "[0-9]{1,12}(\\.[0-9]{1,6})?"
    list[2] = object({ type = "string", pattern = (low and low >= 0 and "^" or "^[+-]?") .. digits .. "$" })
  end
  if not filled and not rule.low then list[#list + 1] = object({ type = "boolean" }) end
  local nullable = not column.not_null and not filled
  if filled or rule.low or rule.high then return any_of(list, nullable, description) end
  local name = (low and "Natural" or "") .. (whole and "Whole" or "Number")
  return share(name, any_of(list, nullable), nullable, description)
end

--- What a body may send for a column; `filled` when it must not be empty.
function column_schemas.of(column, rule, description, filled)
  rule = rule or {}
  if column.kind == "integer" or column.kind == "number" then
    return number_column(column, rule, filled, description)
  end
  if column.kind == "datetime" then
    local nullable = not column.not_null and not filled
    local form = "YYYY-MM-DD, with HH:MM or HH:MM:SS after it"
    if filled then return object({ type = "string", pattern = "^" .. schemas.DATETIME .. "$", description = form }) end
    return share("DateTime", object({ type = "string", nullable = nullable or nil,
      pattern = "^(" .. schemas.DATETIME .. ")?$", description = form }), nullable, description)
  end
  if rule.list then
    local text = text_column(column, rule, filled)
    local list = {}
    for i, it in ipairs(text.anyOf) do list[i] = it end
    list[#list + 1] = object({ type = "array", maxItems = 15,
      items = object({ type = "string", pattern = "^[A-Za-z0-9_]{1,10}$" }) })
    return object({ anyOf = json.array(list), description = description })
  end
  return text_column(column, rule, filled, description)
end

return column_schemas
