-- Numbers and dates as text, for every check that meets them, and small things about tables.

local value = {}

-- Years, months and days that exist; Asterisk and SQLite compare these as text.
local DAYS = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

--- "YYYY-MM-DD[ HH:MM[:SS]]" of a day and time that exist, as "YYYY-MM-DD HH:MM:SS"; else nil. As in a database,
--- one digit will do where the first of two is 0.
function value.datetime(text)
  local year, month, day, rest = text:match("^(%d%d%d%d)-(%d%d?)-(%d%d?)(.*)$")
  if not year then return nil end
  month, day = tonumber(month), tonumber(day)
  if month < 1 or month > 12 or day < 1 or day > DAYS[month] then return nil end
  year = tonumber(year)
  local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
  if month == 2 and day == 29 and not leap then return nil end
  if rest == "" then return ("%04d-%02d-%02d 00:00:00"):format(year, month, day) end
  local hour, minute, second = rest:match("^[ T](%d%d?):(%d%d)(.*)$")
  if not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then return nil end
  if second == "" then second = ":00" end
  second = second:match("^:(%d%d)$")
  if not second or tonumber(second) > 59 then return nil end
  return ("%04d-%02d-%02d %02d:%s:%s"):format(year, month, day, hour, minute, second)
end

--- A number in decimal digits, without an exponent where it is whole.
function value.number_text(number)
  if number == math.floor(number) and math.abs(number) < 2 ^ 53 then return ("%d"):format(number) end
  return ("%.14g"):format(number)
end

--- The keys of a table in order.
function value.names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- A new table of what the given ones hold; a later one wins, and nil has nothing to say.
function value.merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for key, held in pairs((select(i, ...)) or {}) do out[key] = held end
  end
  return out
end

return value
