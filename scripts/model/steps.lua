-- Applications of a dialplan that a tenant may have a call run, one after the other: those that only this call notices.
-- Nothing in them is a variable or a function, so that none can be called.
local failure = require "lib.failure"

local steps = {}

-- Patterns of what stands in the brackets; a comma would end the column that the dialplan reads. The dialplan (extensions_actions.conf) has the same list.
local SECONDS, NOTHING, DIGITS = "^%d?%d?%d?%.?%d?$", "^$", "^[%d*#]+$"
local ALLOWED = {
  Answer = "^%d?%d?%d?%d?$", Busy = SECONDS, Congestion = SECONDS, Echo = NOTHING, Hangup = "^%d?%d?%d?$",
  MusicOnHold = NOTHING, NoOp = "^[%w _.*#+-]*$", Playback = "^[%w_][%w_/&-]*$", Progress = NOTHING,
  Ringing = NOTHING, SayAlpha = "^[%w*#]+$", SayDigits = DIGITS, SayNumber = "^%d+$", Wait = SECONDS,
  NUMBER = "^[%d*#+]+$", -- a number of the tenant's own plan
}
local MOST = 50

local function allowed(name, arguments)
  local pattern = ALLOWED[name]
  if not pattern then return nil, "no call runs " .. name:sub(1, 40) end
  if not arguments:match(pattern) or #arguments > 200 then return nil, name .. ": cannot be run with " .. arguments:sub(1, 60) end
  return true
end

-- "n,Playback(beep)" of an extension's own lines, or the whole "exten => 999,1,Answer()".
local function step_of(line)
  local text = line:gsub("^exten%s*=>%s*[^,]+,", ""):gsub("^same%s*=>%s*", "")
  local name, arguments = text:match("^%w+%s*,%s*(%a+)%s*%((.*)%)%s*$")
  if not name then name, arguments = text:match("^%w+%s*,%s*(%a+)%s*$"), "" end
  if not name then return nil, "not a line of a dialplan: " .. line:sub(1, 60) end
  if name == "Goto" then
    local number = arguments:match("^[%w_-]+%s*,%s*([%d*#+]+)%s*,%s*1$")
    if not number then return nil, "Goto: must be (internal,NUMBER,1)" end
    name, arguments = "NUMBER", number
  end
  return name, arguments
end

--- The steps of a text with a line each, packed as the dialplan reads them; nil and what is wrong.
function steps.read(text)
  local list = {}
  for line in text:gmatch("[^\r\n]+") do
    line = line:match("^%s*(.-)%s*$")
    if line ~= "" and not line:find("^;") then
      local name, arguments = step_of(line)
      if not name then return nil, arguments end
      local ok, problem = allowed(name, arguments)
      if not ok then return nil, problem end
      list[#list + 1] = name .. "^" .. arguments
    end
  end
  if #list > MOST then return nil, "more than " .. MOST .. " steps" end
  return table.concat(list, "|")
end

--- Whether packed steps may be run; an error of `field` when not.
function steps.check(packed, field)
  local count = 0
  for step in tostring(packed):gmatch("[^|]+") do
    count = count + 1
    local name, arguments = step:match("^(%a+)%^(.*)$")
    if not name then return failure.field(field, "not APPLICATION^ARGUMENTS: " .. step:sub(1, 40)) end
    local ok, problem = allowed(name, arguments)
    if not ok then return failure.field(field, problem) end
  end
  if count > MOST then return failure.field(field, "more than " .. MOST .. " steps") end
  return true
end

return steps
