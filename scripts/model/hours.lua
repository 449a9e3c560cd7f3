-- Whether a condition about the time is true now, as the dialplan would decide it: for what has to know without
-- a call.
local store = require "store"
local time = require "time"

local hours = {}

local DAYS = { sun = 0, mon = 1, tue = 2, wed = 3, thu = 4, fri = 5, sat = 6 }

local function minutes(text, other)
  local hour, minute = (text or ""):match("^%s*(%d+):(%d+)")
  if not hour then return other end
  return tonumber(hour) * 60 + tonumber(minute)
end

local function within(now, first, last)
  if first <= last then return now >= first and now <= last end
  return now >= first or now <= last -- over midnight
end

-- "1", "mon", "1,2", "mon-fri", "*" or nothing for every day; 7 is Sunday too.
local function on_day(text, day)
  text = (text or ""):lower():gsub("%s", "")
  if text == "" or text == "*" then return true end
  local function number(word) return DAYS[word:sub(1, 3)] or tonumber(word) and tonumber(word) % 7 end
  for part in text:gmatch("[^,&]+") do
    local first, last = part:match("^(%w+)%-(%w+)$")
    first, last = number(first or part), last and number(last)
    if first and not last and first == day then return true end
    if first and last and within(day, first, last) then return true end
  end
  return false
end

local function in_list(text, number)
  for part in (text or ""):gmatch("[^,&]+") do
    local first, last = part:match("^%s*(%d+)%s*%-%s*(%d+)%s*$")
    if first and number >= tonumber(first) and number <= tonumber(last) then return true end
    if tonumber(part) == number then return true end
  end
  return false
end

local TYPES = {
  WEEKTIME = function(_, now, rows)
    for _, it in ipairs(rows) do
      if on_day(it.ce_param1, now.day) and within(now.minute, minutes(it.ce_param2, 0), minutes(it.ce_param3, 1439)) then
        return true
      end
    end
    return false
  end,
  -- First and last day, times and days of the week, each of which may be open.
  PERIOD = function(it, now)
    local from, to = (it.co_param3 or ""):match("^(%d+:%d+)%-(%d+:%d+)$")
    return now.date >= (it.co_param1 or "") and ((it.co_param2 or "") == "" or now.date <= it.co_param2)
      and within(now.minute, minutes(from, 0), minutes(to, 1439)) and on_day(it.co_param4, now.day)
  end,
  HOURS = function(it, now) return within(now.minute, minutes(it.co_param1, 0), minutes(it.co_param2, 1439)) end,
  WEEKDAY = function(it, now) return on_day(it.co_param1, now.day) end,
  DAYOFMONTH = function(it, now) return in_list(it.co_param1, now.month_day) end,
  DATEEXACT = function(it, now) return (it.co_param1 or "") == now.date end,
  DATELESSER = function(it, now) return now.date <= (it.co_param1 or "") end,
  DATEGREATER = function(it, now) return now.date >= (it.co_param1 or "") end,
  DATEBETWEEN = function(it, now) return now.date >= (it.co_param1 or "") and now.date <= (it.co_param2 or "") end,
}

--- True or false; an error `invalid` when the condition does not ask for the time. `at` is epoch seconds.
function hours.open(tenant_id, condition_id, at)
  local it, err = store.row("SELECT co_type, co_param1, co_param2, co_param3, co_param4, co_id, COALESCE(NULLIF(co_timezone, ''), te_timezone) "
    .. "AS zone FROM co_conditions JOIN te_tenants ON te_id = co_te_id WHERE co_id = ? AND co_te_id = ?",
    { condition_id, tenant_id })
  if err then return nil, err end
  local decide = it and TYPES[(it.co_type or ""):upper()]
  if not decide then
    return nil, { code = "invalid", message = "condition " .. tostring(condition_id) .. " does not ask for the time" }
  end
  local rows
  rows, err = store.query("SELECT ce_param1, ce_param2, ce_param3 FROM ce_conditions_extended WHERE ce_co_id = ?",
    { it.co_id })
  if not rows then return nil, err end
  local zone = it.zone and it.zone ~= "" and time.known_zone(it.zone) and it.zone or nil
  local date, day, month_day, hour, minute = time.format("%Y-%m-%d %w %d %H %M", at, zone):match("^(%S+) (%d+) (%d+) (%d+) (%d+)$")
  return decide(it, {
    date = date, day = tonumber(day), month_day = tonumber(month_day), minute = tonumber(hour) * 60 + tonumber(minute),
  }, rows:list())
end

return hours
