-- Which numbers take an outbound route: what they begin with and how many digits follow, as the pattern of a rule.
local pattern = {}

--- The pattern of what a number begins with, and how many digits follow (-1: any).
function pattern.regex(begins, rest)
  local text = "^" .. begins:gsub("[+*]", "[%0]")
  if rest < 0 then return text end
  return text .. (rest > 0 and ("[0-9]{%d}"):format(rest) or "") .. "$"
end

--- Both of a pattern; of one that is written otherwise the whole text and any digits.
function pattern.parts(regex)
  local begins, rest = regex:match("^%^(.-)%[0%-9%]{(%d+)}%$$")
  if not begins then
    begins = regex:match("^%^(.-)%$$")
    rest = begins and "0" or "-1"
    begins = begins or regex:match("^%^(.*)$")
  end
  begins = begins and begins:gsub("%[([+*])%]", "%1")
  if not begins or not begins:match("^[%d*#+()|]*$") then return regex, -1 end
  return begins, tonumber(rest)
end

--- What is wrong with a beginning, or nil.
function pattern.problem(begins)
  if not begins:match("^[%d*#+()|]*$") then return "must be digits, or several beginnings in brackets: (7|8)" end
  local open = 0
  for bracket in begins:gmatch("[()]") do
    open = open + (bracket == "(" and 1 or -1)
    if open < 0 then break end
  end
  if open ~= 0 then return "a bracket is missing" end
end

return pattern
