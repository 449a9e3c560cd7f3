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

--- Whether two values are the same, tables by what they hold.
function value.same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, held in pairs(a) do
    if not value.same(held, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

--- The keys of a table in order; of nil none.
function value.names(map)
  local names = {}
  for name in pairs(map or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- A text as a cell of a sheet that somebody opens: one that a spreadsheet would take for a formula gets an
--- apostrophe. Numbers stay what they are, those of phones too.
function value.cell(text)
  if text:find("^[=+%-@\t\r]") and not text:find("^[+-]?[%d ().]+$") then return "'" .. text end
  return text
end

--- A new table of what the given ones hold; a later one wins, and nil has nothing to say.
function value.merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for key, held in pairs((select(i, ...)) or {}) do out[key] = held end
  end
  return out
end

--- Rows of the store as lists by what they have in a column.
function value.grouped(rows, column)
  local groups = {}
  for row in rows:each() do
    local key = row[column]
    local list = groups[key]
    if list then list[#list + 1] = row else groups[key] = { row } end
  end
  return groups
end

--- Whether a list holds an item.
function value.holds(list, item)
  for _, it in ipairs(list) do
    if it == item then return true end
  end
  return false
end

return value
