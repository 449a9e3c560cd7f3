-- Checks parameters and body fields against their declaration (Param in docs/api/route.lua) and
-- converts them. Needs nothing from the host but json.null.
local invalid = require("lib.failure").parameter
local json = require "json"
local value_of = require "lib.value"

local check = {}

local WORDS = {
  ["1"] = true, yes = true, ["true"] = true, on = true,
  ["0"] = false, no = false, ["false"] = false, off = false, [""] = false,
}

--- A flag as the dialects write it; nil when it is none.
function check.flag(value)
  if type(value) == "boolean" then return value end
  return WORDS[tostring(value):lower()]
end

--- The number of an extension, also as written in feature codes.
function check.extension(text)
  if type(text) == "number" then text = value_of.number_text(text) end
  if type(text) ~= "string" or not text:find("^[%w*#_+.]+$") or #text > 40 then return nil end
  return text
end

--- "YYYY-MM-DD[ HH:MM[:SS]]" as "YYYY-MM-DD HH:MM:SS"; a bare date is its first second, with
--- `last` its last.
function check.datetime(text, options)
  if type(text) ~= "string" then return nil end
  text = text:match("^%s*(.-)%s*$")
  local whole = value_of.datetime(text)
  if whole and options and options.last and not text:find(":", 1, true) then return whole:sub(1, 10) .. " 23:59:59" end
  return whole
end

local converters = {}

function converters.string(value)
  if type(value) == "string" then return value end
  if type(value) == "number" then return value_of.number_text(value) end
  if type(value) == "boolean" then return value and "1" or "" end
  return nil, "must be text"
end

function converters.number(value)
  local number = type(value) == "number" and value
    or (type(value) == "string" and value:find("^%s*[+-]?%d*%.?%d*%s*$") and tonumber(value))
  if not number then return nil, "not a number: " .. tostring(value):sub(1, 40) end
  return number
end

function converters.integer(value)
  local number = converters.number(value)
  if not number or number ~= math.floor(number) or math.abs(number) >= 2 ^ 53 then
    return nil, "not a whole number: " .. tostring(value):sub(1, 40)
  end
  return number
end

function converters.boolean(value)
  local flag = check.flag(value)
  if flag == nil then return nil, "not yes or no: " .. tostring(value):sub(1, 40) end
  return flag
end

function converters.extension(value)
  local text = check.extension(value)
  if not text then return nil, "not an extension: " .. tostring(value):sub(1, 40) end
  return text
end

function converters.date(value)
  local text = check.datetime(value)
  if not text then return nil, "not a date: " .. tostring(value):sub(1, 40) end
  return text:sub(1, 10)
end

function converters.datetime(value)
  if not check.datetime(value) then
    return nil, "not a date and time: " .. tostring(value):sub(1, 40)
  end
  return value
end

local function decoded(value)
  if type(value) ~= "string" then return value end
  return (json.decode(value))
end

function converters.object(value)
  value = decoded(value)
  if type(value) ~= "table" or (value[1] ~= nil) then return nil, "must be an object" end
  return value
end

function converters.list(value)
  if type(value) == "string" and not value:find("^%s*%[") then
    local parts = {}
    for part in value:gmatch("[^,]+") do parts[#parts + 1] = part:match("^%s*(.-)%s*$") end
    return parts
  end
  value = decoded(value)
  if type(value) ~= "table" or (next(value) ~= nil and value[1] == nil) then
    return nil, "must be a list"
  end
  return value
end

function converters.any(value) return value end

local function enum_word(value, words)
  for _, word in ipairs(words) do
    if value == word then return word end
  end
  if type(value) ~= "string" then return nil end
  local lower = value:lower()
  for _, word in ipairs(words) do
    if type(word) == "string" and word:lower() == lower then return word end
  end
end

local function bounds(name, value, param)
  if type(value) == "number" then
    if param.min and value < param.min then
      return invalid(name, ("must be at least %s"):format(param.min))
    end
    if param.max and value > param.max then
      return invalid(name, ("must be at most %s"):format(param.max))
    end
  elseif type(value) == "string" then
    if value:find("%z") then return invalid(name, "holds a NUL") end
    if #value > (param.max or 4096) then
      return invalid(name, ("longer than %d characters"):format(param.max or 4096))
    end
    if param.min and #value < param.min then
      return invalid(name, ("shorter than %d characters"):format(param.min))
    end
  end
  return value
end

--- One value against its declaration.
function check.value(name, value, param)
  local convert = converters[param.type or "string"]
  if not convert then error("check: unknown type " .. tostring(param.type), 2) end
  local converted, problem = convert(value)
  if converted == nil then return invalid(name, problem) end
  if param.enum then
    local word = enum_word(converted, param.enum)
    if word == nil then
      return invalid(name, "must be one of " .. table.concat(param.enum, ", "))
    end
    return word
  end
  if param.pattern and type(converted) == "string"
    and not converted:find("^" .. param.pattern .. "$") then
    return invalid(name, "not valid: " .. (param.secret and "***" or converted:sub(1, 40)))
  end
  return bounds(name, converted, param)
end

local function given_value(name, param, given)
  local value = given[name]
  if value == nil and param.aliases then
    for _, alias in ipairs(param.aliases) do
      if given[alias] ~= nil then return given[alias] end
    end
  end
  return value
end

-- By action: declarations do not change.
local of_actions = setmetatable({}, { __mode = "k" })

--- What an action takes: the parameters of its route and its own, `with_body` the fields of its body as well.
function check.declared(route, action, with_body)
  local made = of_actions[action]
  if not made then
    made = value_of.merged(route.params, action.params, with_body and action.body or nil)
    of_actions[action] = made
  end
  return made
end

--- All declared values of a request. An empty text counts as absent where text is not wanted or a
--- value is required. options.clean: a dialect's own view
--- `clean(value, param)` of a value before it is checked; options.own_refusals: what is missing is refused by who
--- reads it.
function check.values(declared, given, options)
  local clean, own = options and options.clean, options and options.own_refusals
  local values = {}
  for name, param in pairs(declared or {}) do
    local value = given_value(name, param, given)
    if value == json.null then value = nil end
    if clean and value ~= nil then value = clean(value, param) end
    local wants_text = (param.type or "string") == "string" and not param.enum and not param.pattern
    if value == "" and (param.required or not wants_text) then value = nil end
    if value == nil then
      if param.required and not own then
        return nil, { code = "invalid", reason = "missing_required_field", field = name,
          message = "Missing required field: " .. name .. "." }
      end
      values[name] = param.default
    else
      local converted, err = check.value(name, value, param)
      if converted == nil then return nil, err end
      values[name] = converted
    end
  end
  return values
end

return check
