-- The columns of a table as the schema has them, and the check of one value against its column.
local invalid = require("lib.failure").field
local json = require "json"
local store = require "store"
local value_of = require "lib.value"

local columns = { keeps = { "of" } }

-- The schema does not change while the host runs.
local known = {}

local function kind_of(sql_type)
  local upper = sql_type:upper()
  if upper:find("BLOB", 1, true) then return "blob" end
  if upper:find("INT", 1, true) then return "integer" end
  if upper:find("DECIMAL", 1, true) or upper:find("REAL", 1, true) then return "number" end
  if upper:find("DATE", 1, true) then return "datetime" end
  return "text"
end

-- Free text may hold line breaks; everything else ends up in a SIP header, an AMI line or a
-- dialplan variable, where a line break starts a new one.
local FREE_TEXT = {
  "description$", "notes$", "comment$", "reason$", "_text$", "smstext$", "message$", "template$", "body$",
  "transcript$", "summary$", "param%d*$", "detail$", "value$", "hours$",
}

local function is_free_text(name)
  for _, pattern in ipairs(FREE_TEXT) do
    if name:find(pattern) then return true end
  end
  return false
end

--- The description of a table: {list = {column...}, by_name = {name = column}}; a column is
--- {name, kind, max, not_null, free}.
function columns.of(table_name)
  local found = known[table_name]
  if found then return found end
  local list, err = store.columns(table_name)
  if not list then return nil, err end
  local described = { list = {}, by_name = {} }
  for i, column in ipairs(list) do
    local kind = kind_of(column.type)
    local entry = {
      name = column.name,
      kind = kind,
      max = tonumber(column.type:match("%((%d+)%)")),
      not_null = column.not_null == true or column.not_null == 1,
      free = is_free_text(column.name),
    }
    described.list[i] = entry
    described.by_name[column.name] = entry
  end
  known[table_name] = described
  return described
end

--- A whole number that may be the id of a row, or nil.
function columns.id(value)
  if type(value) == "string" and not value:find("^%d+$") then return nil end
  if type(value) ~= "string" and type(value) ~= "number" then return nil end
  local number = tonumber(value)
  if not number or number < 0 or number ~= math.floor(number) or number >= 2 ^ 53 then return nil end
  return number
end

--- Least and greatest value of a number column. Ids of other rows are never negative.
function columns.bounds(column, rule)
  local low = rule and rule.low
  local digits_only = rule and rule.pattern and rule.pattern:find("^%%d")
  if not low and (digits_only or column.kind == "integer" and column.name:find("_id$")) then low = 0 end
  return low, rule and rule.high
end

--- True when a text column says yes and no, and so takes true and false.
function columns.takes_flags(rule)
  if rule.on then return true end
  for _, word in ipairs(rule.enum or {}) do
    if word == "on" then return true end
  end
  return not rule.enum and not rule.pattern and not rule.regex
end

local function to_number(column, field, value, rule)
  if type(value) == "boolean" then
    if rule.low then return invalid(field, "must be a number") end
    return value and 1 or 0
  end
  if value == "" then
    if column.not_null then return invalid(field, "must be a number") end
    return json.null
  end
  local number = tonumber(value)
  -- tonumber takes hex and the names of infinities as well.
  if not number or (type(value) == "string" and not value:find("^[+-]?%d+%.?%d*$")) then
    return invalid(field, "not a number: " .. tostring(value):sub(1, 40))
  end
  if column.kind == "integer" then
    if number ~= math.floor(number) or math.abs(number) >= 2 ^ 53 then
      return invalid(field, "not a whole number: " .. tostring(value):sub(1, 40))
    end
  end
  if number ~= number or math.abs(number) >= 1e15 then
    return invalid(field, "too large: " .. tostring(value):sub(1, 40))
  end
  local low, high = columns.bounds(column, rule)
  if low and number < low then return invalid(field, ("must be at least %d"):format(low)) end
  if high and number > high then return invalid(field, ("must be at most %d"):format(high)) end
  return number
end

local function characters(text)
  local _, continuation = text:gsub("[\128-\191]", "")
  return #text - continuation
end

-- Bytes that are no UTF-8 come in through forms; JSON has been checked. What json.encode would have
-- to replace is not text.
local function is_utf8(text)
  if not text:find("[\128-\255]") then return true end
  return json.decode(json.encode(text)) == text
end

local function to_text(column, field, value, rule)
  local max = rule.max or column.max or 65535
  if type(value) == "boolean" then
    if not columns.takes_flags(rule) then return invalid(field, "must be text") end
    return value and (rule.on or "on") or (rule.off or "")
  end
  if type(value) == "number" then
    -- Short columns and those with a pattern hold digits when they hold a number.
    if (rule.pattern or rule.regex or max < 24) and (value < 0 or value ~= math.floor(value)) then
      return invalid(field, "not valid: " .. value_of.number_text(value))
    end
    value = value_of.number_text(value)
  end
  if value:find("%z") then return invalid(field, "holds a NUL") end
  if not is_utf8(value) then return invalid(field, "is not UTF-8") end
  if value:find("[%c]") and not (column.free or rule.multiline) then
    return invalid(field, "holds a line break or control character")
  end
  -- No XML answer could hold these.
  if value:find("[\1-\8\11\12\14-\31\127]") then return invalid(field, "holds a control character") end
  if characters(value) > max then
    return invalid(field, ("longer than %d characters"):format(max))
  end
  return value
end

local function folded(value, words)
  if type(value) ~= "string" then return value end
  local lower = value:lower()
  for _, word in ipairs(words) do
    if word:lower() == lower then return word end
  end
  return value
end

local function obeys(field, value, rule, secret)
  if value == json.null or value == "" then return true end
  if rule.enum then
    for _, word in ipairs(rule.enum) do
      if tostring(value) == word then return true end
    end
    return invalid(field, "must be one of " .. table.concat(rule.enum, ", "))
  end
  if rule.pattern and not tostring(value):find("^" .. rule.pattern .. "$") then
    return invalid(field, secret and "not valid" or "not valid: " .. tostring(value):sub(1, 40))
  end
  local problem = rule.check and rule.check(tostring(value))
  if problem then return invalid(field, problem) end
  return true
end

--- A value as it will be stored (json.null for NULL), or nil and an error that names the field.
--- A rule may hold enum, pattern, check (what is wrong with a value, or nothing), max (length), low, high, on, off,
--- upper, multiline, fold (an enum's word in any case) and blank (an empty text is NULL). What documents say of a
--- check: regex (a regular expression of the whole text) and whole ({ least, greatest } when it may be a number).
--- The error of a `secret` does not repeat it.
function columns.convert(column, field, value, rule, secret)
  rule = rule or {}
  if value == json.null then
    if column.not_null then
      return invalid(field, "must not be null")
    end
    return json.null
  end
  if type(value) == "table" or type(value) == "userdata" then
    if column.kind == "blob" then return value end
    return invalid(field, "must be a single value")
  end
  local converted, err
  if column.kind == "integer" or column.kind == "number" then
    converted, err = to_number(column, field, value, rule)
  elseif column.kind == "datetime" then
    if value == "" then return json.null end
    converted = type(value) == "string" and value_of.datetime(value)
    if not converted then
      return invalid(field, "not a date: " .. tostring(value):sub(1, 40))
    end
  elseif column.kind == "blob" then
    return store.blob(tostring(value))
  else
    if rule.blank and value == "" then return json.null end
    if rule.upper and type(value) == "string" then value = value:upper() end
    if rule.fold then value = folded(value, rule.enum) end
    converted, err = to_text(column, field, value, rule)
  end
  if converted == nil then return nil, err end
  local ok
  ok, err = obeys(field, converted, rule, secret)
  if not ok then return nil, err end
  return converted
end

return columns
