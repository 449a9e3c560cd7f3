-- Conditions that a client writes like SQL: `column op 'text' [AND ...]`. They are never given to
-- the database; a row of values is held against them.
local condition = {}

local function number_or_text(a, b)
  local x, y = tonumber(a), tonumber(b)
  if x and y then return x, y end
  return tostring(a), tostring(b)
end

local WILDCARDS = { ["%"] = ".*", _ = "." }

-- More wildcards than this make a Lua pattern crawl.
local MAX_WILDCARDS = 4

local function like(value, pattern)
  if select(2, pattern:gsub("%%", "")) > MAX_WILDCARDS then return false end
  local lua = pattern:lower():gsub(".", function(character)
    return WILDCARDS[character] or character:gsub("%W", "%%%0")
  end)
  return value:lower():match("^" .. lua .. "$") ~= nil
end

local OPERATORS = {
  ["="] = function(a, b)
    a, b = number_or_text(a, b)
    return a == b
  end,
  ["<"] = function(a, b)
    a, b = number_or_text(a, b)
    return a < b
  end,
  [">"] = function(a, b)
    a, b = number_or_text(a, b)
    return a > b
  end,
  LIKE = like,
}
OPERATORS["!="] = function(a, b) return not OPERATORS["="](a, b) end
OPERATORS["<>"] = OPERATORS["!="]
OPERATORS["<="] = function(a, b) return not OPERATORS[">"](a, b) end
OPERATORS[">="] = function(a, b) return not OPERATORS["<"](a, b) end

-- One term from the start of the text: column, operator, literal, rest.
local function term(text)
  local column, rest = text:match("^%s*([%a_][%w_]*)%s*(.*)$")
  if not column then return nil end
  local operator = rest:match("^[!<>=]+") or rest:match("^%a+")
  if not operator then return nil end
  rest = rest:sub(#operator + 1)
  local literal
  literal, rest = rest:match("^%s*'([^']*)'%s*(.*)$")
  if not literal then return nil end
  return column, operator:upper(), literal, rest
end

--- A function that says whether a row fits, or nil when the text is not understood. `columns`
--- (a set, optional) limits the names.
function condition.parse(text, columns)
  local terms = {}
  while true do
    local column, operator, literal, rest = term(text)
    local compare = operator and OPERATORS[operator]
    if not compare or (columns and not columns[column]) then return nil end
    terms[#terms + 1] = { column = column, compare = compare, literal = literal }
    if rest == "" then break end
    text = rest:match("^[aA][nN][dD]%s+(.+)$")
    if not text or #terms > 20 then return nil end
  end
  return function(row)
    for _, it in ipairs(terms) do
      local value = row[it.column]
      if type(value) ~= "string" and type(value) ~= "number" then value = "" end
      if not it.compare(tostring(value), it.literal) then return false end
    end
    return true
  end
end

return condition
