-- The expression that finds a number in a header, as the dialplan can follow it: POSIX knows no \d, and Asterisk does
-- not say what a group has found. So it is what stands before the first group, the group, and what stands behind it.
local trunk_regex = {}

local CLASSES = { d = "0-9", w = "A-Za-z0-9_", s = " " }

-- One escaped character, alone or in brackets.
local function escaped(letter, inside)
  local class = CLASSES[letter:lower()]
  if class then
    if inside then return letter:lower() == letter and class or nil end
    return (letter:lower() == letter and "[" or "[^") .. class .. "]"
  end
  if letter:find("[%w\\\"^]") or inside and letter:find("[%]%[]") then return nil end
  return inside and letter or "[" .. letter .. "]"
end

-- Pieces of the expression, each {text, depth}; a group that is to be found again begins with text "(" and own = true.
local function pieces(text)
  local list, depth, i, inside = {}, 0, 1, false
  local function add(piece, own, repeats) list[#list + 1] = { text = piece, depth = depth, own = own, repeats = repeats } end
  while i <= #text do
    local c = text:sub(i, i)
    if c == '"' then return nil, "cannot hold a quote" end
    if c == "\\" then
      local made = escaped(text:sub(i + 1, i + 1), inside)
      if not made then return nil, "cannot hold " .. text:sub(i, i + 1) end
      add(made)
      i = i + 1
    elseif inside then
      add(c)
      inside = c ~= "]"
    elseif c == "[" then
      add(c)
      inside = true
    elseif c == "(" then
      local own = text:sub(i + 1, i + 1) ~= "?"
      if not own and text:sub(i, i + 2) ~= "(?:" then return nil, "cannot hold " .. text:sub(i, i + 2) end
      add("(", own)
      depth = depth + 1
      if not own then i = i + 2 end
    elseif c == ")" then
      depth = depth - 1
      if depth < 0 then return nil, "has a bracket too many" end
      add(")")
    elseif c == "?" and list[#list] and list[#list].repeats then
      return nil, "cannot be lazy"
    else
      add(c, nil, c:find("[*+?}]") ~= nil)
    end
    i = i + 1
  end
  if depth > 0 or inside then return nil, "lacks a bracket" end
  return list
end

--- What stands before, what is to be found, and what stands behind it; nil and what is wrong.
function trunk_regex.split(text)
  local list, problem = pieces(text)
  if not list then return nil, problem end
  local first, last
  for i, piece in ipairs(list) do
    if piece.own and piece.depth == 0 and not first then first = i end
    if first and not last and i > first and piece.text == ")" and piece.depth == 0 then last = i end
  end
  local function joined(from, to)
    local out = {}
    for i = from, to do out[#out + 1] = list[i].text end
    return table.concat(out)
  end
  if not first then return "", joined(1, #list), "" end
  for _, piece in ipairs(list) do
    if piece.depth == 0 and piece.text == "|" then return nil, "cannot have a choice beside a group" end
  end
  if list[last + 1] and list[last + 1].text:find("^[*+?{]$") then return nil, "cannot repeat the group" end
  return joined(1, first - 1), joined(first + 1, last - 1), joined(last + 1, #list)
end

return trunk_regex
