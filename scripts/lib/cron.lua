-- Times as crontab writes them: *, 5, 1-5, */15, 8-18/2, and lists of these with commas.
local cron = {}

local RANGES = {
  minute = { 0, 59 }, hour = { 0, 23 }, day = { 1, 31 }, month = { 1, 12 }, weekday = { 0, 7 },
  year = { 1970, 9999 },
}

-- From, to and step of one item of a list, or nil when it is none.
local function span(item, low, high)
  local range, step = item:match("^([%d*-]+)/(%d+)$")
  range, step = range or item, tonumber(step or 1)
  local from, to = range:match("^(%d+)%-(%d+)$")
  if range == "*" then
    from, to = low, high
  elseif not from then
    from = range:match("^%d+$")
    to = range ~= item and high or from
  end
  from, to = tonumber(from), tonumber(to)
  if not from or from < low or to > high or from > to or step < 1 then return nil end
  return from, to, step
end

--- Whether a text can be a field: minute, hour, day, month, weekday (0 and 7 are Sunday) or year.
function cron.valid(name, text)
  if text == "" then return true end
  for item in (text .. ","):gmatch("([^,]*),") do
    if not span(item, unpack(RANGES[name])) then return false end
  end
  return true
end

local function free(text) return text == nil or text == "" or text == "*" end

local function holds(name, text, value)
  if free(text) then return true end
  for item in text:gmatch("[^,]+") do
    local from, to, step = span(item, unpack(RANGES[name]))
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
