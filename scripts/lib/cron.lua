-- Times as crontab writes them: *, 5, 1-5, */15, 8-18/2, and lists of these with commas.
local cron = {}

local RANGES = {
  minute = { 0, 59 }, hour = { 0, 23 }, day = { 1, 31 }, month = { 1, 12 }, weekday = { 0, 7 },
  year = { 1970, 9999 },
}

-- The same numbers as regular expressions, with leading zeros as people write them.
local NUMBERS = {
  minute = "[0-5]?[0-9]", hour = "([01]?[0-9]|2[0-3])", day = "(0?[1-9]|[12][0-9]|3[01])",
  month = "(0?[1-9]|1[0-2])", weekday = "0?[0-7]", year = "(19[7-9][0-9]|[2-9][0-9]{3})",
}

local function number(text, low, high)
  local found = #text <= (high > 99 and 4 or 2) and text:find("^%d+$") and tonumber(text)
  return found and found >= low and found <= high and found or nil
end

-- From, to and step of one item of a list, or nil when it is none. 22-2 goes past the end.
local function span(item, low, high)
  local range, step = item:match("^([%d*-]+)/([1-9]%d?%d?%d?)$")
  range = range or item
  if range == "*" then return low, high, tonumber(step or 1) end
  local from, to = range:match("^(%d+)%-(%d+)$")
  from = number(from or range, low, high)
  to = to and number(to, low, high) or not to and (step and high or from)
  if not from or not to then return nil end
  return from, to, tonumber(step or 1)
end

--- Whether a text can be a field: minute, hour, day, month, weekday (0 and 7 are Sunday) or year.
function cron.valid(name, text)
  if text == "" then return true end
  for item in (text .. ","):gmatch("([^,]*),") do
    if not span(item, unpack(RANGES[name])) then return false end
  end
  return true
end

--- What `valid` takes, as a regular expression for documents, and the least and greatest number.
function cron.regex(name)
  local one = NUMBERS[name]
  local item = ("(\\*|%s(-%s)?)(/[1-9][0-9]{0,3})?"):format(one, one)
  return ("(%s(,%s)*)?"):format(item, item), unpack(RANGES[name])
end

local function free(text) return text == nil or text == "" or text == "*" end

local function holds(name, text, value)
  if free(text) then return true end
  for item in text:gmatch("[^,]+") do
    local low, high = unpack(RANGES[name])
    local from, to, step = span(item, low, high)
    if from and to < from then
      to = to + high - low + 1
      if value < from then value = value + high - low + 1 end
    end
    if from and value >= from and value <= to and (value - from) % step == 0 then return true end
  end
  return false
end

--- Whether fields (name -> text) name this minute (name -> number). An empty field is any; when none
--- is set there is no time. A day and a weekday are alternatives, as in crontab.
function cron.due(fields, now)
  local some = false
  for name in pairs(RANGES) do some = some or (fields[name] or "") ~= "" end
  if not some then return false end
  for _, name in ipairs({ "minute", "hour", "month", "year" }) do
    if not holds(name, fields[name], now[name]) then return false end
  end
  local day = holds("day", fields.day, now.day)
  local weekday = holds("weekday", fields.weekday, now.weekday)
    or now.weekday == 0 and holds("weekday", fields.weekday, 7)
  if free(fields.day) or free(fields.weekday) then return day and weekday end
  return day or weekday
end

return cron
