-- Fields as the MikoPBX dialect reads them: trimmed and converted, defaulted, checked. Nothing is cut and
-- nothing is dropped: what cannot be kept is refused with the field's own name. Lengths are characters.
local holds = require("lib.value").holds

local fields = {}

local BOOLEANS = {
  ["1"] = true, ["true"] = true, on = true, yes = true,
  ["0"] = false, ["false"] = false, off = false, no = false, [""] = false,
}
-- Above it a JSON number no longer is the digits that were sent.
local EXACT = 2 ^ 53

--- Characters of a UTF-8 text.
function fields.length(text)
  local _, count = text:gsub("[^\128-\191]", "")
  return count
end

local function boolean(value)
  if type(value) == "boolean" then return value end
  local word = BOOLEANS[tostring(value):lower()]
  if word == nil then return nil, "must be true or false" end
  return word
end

local function integer(value)
  local number = tonumber(value)
  if not number or number ~= number or math.abs(number) >= EXACT then return nil, "must be a number" end
  return math.floor(number)
end

local function text(value)
  if type(value) == "boolean" then return value and "1" or "0" end
  if type(value) ~= "number" then return value end
  if value ~= math.floor(value) or math.abs(value) >= EXACT then return nil, "must be a text" end
  return ("%d"):format(value)
end

local function convert(rule, value)
  if type(value) == "userdata" then return nil end -- null is not given
  if rule.type == "table" then
    if type(value) ~= "table" then return nil, "must be a list" end
    return value
  end
  if type(value) == "table" then return nil, "must not be a list or an object" end
  if rule.type == "boolean" then return boolean(value) end
  if rule.type == "integer" then
    if value == "" then return rule.empty end
    return integer(value)
  end
  return text(value)
end

local function problem(rule, value)
  if rule.enum and value ~= "" and not holds(rule.enum, value) then
    return "must be one of: " .. table.concat(rule.enum, ", ")
  end
  if type(value) == "number" then
    if rule.min and value < rule.min then return ("must be at least %d (got %d)"):format(rule.min, value) end
    if rule.most and value > rule.most then return ("must be at most %d (got %d)"):format(rule.most, value) end
  end
  if type(value) ~= "string" then return nil end
  local length = fields.length(value)
  if rule.max and length > rule.max then
    return ("must be at most %d characters (got %d)"):format(rule.max, length)
  end
  if rule.digits and value ~= "" and not value:match("^%d+$") then return "must be digits" end
  if not rule.lines and value:find("%c") then return "must be one line of text" end
end

local function word_of(words, value)
  for _, word in ipairs(words) do
    if word:lower() == tostring(value):lower() then return word end
  end
end

-- A parameter as this dialect reads it: what does not fit was not sent.
local function lenient(value, param)
  if type(value) == "table" or type(value) == "userdata" then
    return (param.type == "list" or param.type == "object" or param.type == "any") and value or nil
  end
  if param.type == "boolean" then return boolean(value) end
  if param.type == "integer" then return value ~= "" and integer(value) or nil end
  if param.enum then return word_of(param.enum, value) end
  if (param.type or "string") == "string" then return (text(value)) end
  return value
end

--- How lib/params.lua reads the parameters of this dialect.
fields.READING = { clean = lenient, own_refusals = true }

--- Only what `rules` names: {type, default, max, enum, min, most, digits, empty, lines}. With `defaults`
--- absent fields get theirs (create).
function fields.clean(rules, values, defaults)
  local out, problems = {}, {}
  for name, rule in pairs(rules) do
    local value, wrong = values[name], nil
    if value ~= nil then value, wrong = convert(rule, value) end
    if value == nil and defaults and not wrong then value = rule.default end
    if value ~= nil then
      out[name] = value
      wrong = problem(rule, value)
    end
    if wrong then problems[#problems + 1] = ("Field '%s' %s"):format(name, wrong) end
  end
  if #problems == 0 then return out end
  table.sort(problems)
  return nil, { code = "invalid", message = problems[1], messages = problems }
end

--- The params and body of an action, declared from the rules that check them.
function fields.declared(rules, required)
  local out = {}
  for name, rule in pairs(rules) do
    local kind = rule.type or "string"
    out[name] = {
      type = kind == "table" and "list" or kind, enum = rule.enum, summary = rule.summary,
      min = kind == "integer" and rule.min or nil,
      max = kind == "integer" and rule.most or kind == "string" and rule.max or nil,
      default = kind ~= "table" and rule.default ~= "" and rule.default or nil,
      required = required and holds(required, name) or nil,
    }
  end
  return out
end

return fields
