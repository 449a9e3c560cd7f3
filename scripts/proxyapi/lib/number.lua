-- Numbers and caller ids as people and their programs write them.

local number = {}

--- Blanks, dashes, dots, slashes and brackets go; a raw plus arrives as a blank. A name (100-DEMO) is left alone.
function number.plain(text)
  if not text then return nil end
  text = text:gsub("^ (%d)", "+%1"):match("^%s*(.-)%s*$")
  if text:find("^%+?[%d%s()./-]+$") and text:find("%d") then return (text:gsub("[%s()./-]", "")) end
  return text
end

--- The number of `"Name" <number>`; what is before a mark in brackets that is no number (`0611<Dial:>`).
function number.caller(text)
  if not text then return nil end
  local inside = text:match("<([%w+*#._-]+)>%s*$")
  if inside and inside:find("%d") then return inside end
  local before = text:match("^(.-)%s*<[^<>]*>%s*$")
  return before and (before:gsub('"', "")) or text
end

return number
