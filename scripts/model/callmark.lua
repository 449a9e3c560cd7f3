-- The mark that a call record bears in its userfield: [inbound], [outbound] or [local].
local mark = {}

local MARKS = { IN = "[inbound]", OUT = "[outbound]", LOCAL = "[local]" }

--- The mark of a direction (IN, OUT, LOCAL in any case), or nil.
function mark.of(direction) return MARKS[(direction or ""):upper()] end

--- The direction that a userfield tells; LOCAL without a mark.
function mark.direction(userfield)
  for _, direction in ipairs({ "IN", "OUT" }) do
    if userfield:sub(1, #MARKS[direction]) == MARKS[direction] then return direction end
  end
  return "LOCAL"
end

--- SQL condition: the userfield of that column bears the mark of a direction.
function mark.sql(column, direction)
  return ("substr(%s, 1, %d) = '%s'"):format(column, #MARKS[direction], MARKS[direction])
end

--- SQL of the direction of a record, empty without a mark.
function mark.direction_sql(column)
  local cases = {}
  for i, direction in ipairs({ "IN", "OUT", "LOCAL" }) do
    cases[i] = ("WHEN %s THEN '%s'"):format(mark.sql(column, direction), direction)
  end
  return "CASE " .. table.concat(cases, " ") .. " ELSE '' END"
end

return mark
