-- Fields as the MikoPBX dialect cleans them: trimmed, converted, cut, defaulted, then checked.
local fields = {}

local BOOLEANS = {
  ["1"] = true, ["true"] = true, on = true, yes = true,
  ["0"] = false, ["false"] = false, off = false, no = false, [""] = false,
}

local function boolean(value)
  if type(value) == "boolean" then return value end
  return BOOLEANS[tostring(value):lower()]
end

local function integer(value)
  local number = tonumber(value)
  return number and math.floor(number)
end

local function text(rule, value)
  value = tostring(value)
  if rule.digits and not value:match("^%d+$") then value = value:gsub("%D", "") end
  return rule.max and value:sub(1, rule.max) or value
end

local function convert(rule, value)
  if type(value) == "userdata" then return nil end
  if rule.type == "boolean" then return boolean(value) end
  if rule.type == "integer" then return value ~= "" and integer(value) or rule.empty end
  if rule.type == "table" then return type(value) == "table" and value or nil end
  if type(value) == "table" then return nil end
  return text(rule, value)
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function problem(name, rule, value)
  if rule.enum and value ~= "" and not contains(rule.enum, value) then
    return ("Field '%s' must be one of: %s"):format(name, table.concat(rule.enum, ", "))
  end
  if rule.min and type(value) == "number" and value < rule.min then
    return ("Field '%s' must be at least %d (got %d)"):format(name, rule.min, value)
  end
  if rule.most and type(value) == "number" and value > rule.most then
    return ("Field '%s' must be at most %d (got %d)"):format(name, rule.most, value)
  end
end

--- Only what `rules` names: {type, default, max, enum, min, most, digits, empty}. With `defaults`
--- absent fields get theirs (create).
function fields.clean(rules, values, defaults)
  local out, problems = {}, {}
  for name, rule in pairs(rules) do
    local value = values[name]
    if value ~= nil then value = convert(rule, value) end
    if value == nil and defaults then value = rule.default end
    if value ~= nil then
      out[name] = value
      problems[#problems + 1] = problem(name, rule, value)
    end
  end
  if #problems == 0 then return out end
  table.sort(problems)
  return nil, { code = "invalid", message = problems[1], messages = problems }
end

return fields
