-- Letters without their case, beyond ASCII: Latin, Greek and Cyrillic, by their code points in UTF-8.

-- First and last capital of a block, and how far their small letters are away; 1: each capital stands before its own.
local BLOCKS = {
  { 0xC0, 0xD6, 32 }, { 0xD8, 0xDE, 32 }, { 0x100, 0x137, 1 }, { 0x139, 0x148, 1, 1 }, { 0x14A, 0x177, 1 },
  { 0x179, 0x17E, 1, 1 }, { 0x386, 0x386, 38 }, { 0x388, 0x38A, 37 }, { 0x38C, 0x38C, 64 }, { 0x38E, 0x38F, 63 },
  { 0x391, 0x3AB, 32 }, { 0x400, 0x40F, 80 }, { 0x410, 0x42F, 32 }, { 0x460, 0x481, 1 }, { 0x490, 0x4BF, 1 },
  { 0x1E00, 0x1EFF, 1 },
}

local SMALL = {}

-- A code point below 0x10000 as UTF-8.
local function encoded(point)
  if point < 0x800 then return string.char(0xC0 + math.floor(point / 64), 0x80 + point % 64) end
  return string.char(0xE0 + math.floor(point / 4096), 0x80 + math.floor(point / 64) % 64, 0x80 + point % 64)
end

for _, it in ipairs(BLOCKS) do
  for point = it[1], it[2] do
    -- Where the two stand side by side a capital is even, in some blocks odd.
    if it[3] > 1 or point % 2 == (it[4] or 0) then SMALL[encoded(point)] = encoded(point + it[3]) end
  end
end

--- A text in small letters.
return function(text) return (text:lower():gsub("[\195-\225][\128-\191][\128-\191]?", function(letter)
  local pair = letter:sub(1, 2)
  if letter:byte() < 225 then return SMALL[pair] and SMALL[pair] .. letter:sub(3) end
  return SMALL[letter]
end)) end
