-- Objects as openapi.php writes them: every column a text or null, the id a number, what belongs to it in `related`.
local destination = require "engine.destination"
local json = require "json"
local store = require "store"

local wire = {}

--- How a list is streamed.
wire.LIST = { format = "json", text = true, integers = { "id" } }
local ROW = { format = "json", text = true, integers = { "id" }, one = true }
local ROWS, FIRST = { format = "json", text = true }, { format = "json", text = true, one = true }
local NESTED = { format = "json", text = true, one = true, nested = true }

-- The row is the answer's own: nobody else has it.
local function texts(row)
  for name, value in pairs(row) do
    if type(value) ~= "string" then row[name] = tostring(value) end
  end
  return json.object(row)
end

local function destinations(rows)
  if #rows == 0 then return json.array({}) end
  local groups = {}
  for key, list in pairs(destination.grouped(rows)) do
    groups[key] = json.array({})
    for i, row in ipairs(list) do
      groups[key][i] = json.ordered("type", row.de_type_dst, "id", row.de_type_id_dst,
        "tag", destination.text(row.de_type_dst, row.de_type_id_dst),
        "de_id", tostring(row.de_id), "de_te_id", tostring(row.de_te_id),
        "de_type_src", row.de_type_src, "de_type_id_src", tostring(row.de_type_id_src),
        "de_type_dst", row.de_type_dst, "de_type_id_dst", tostring(row.de_type_id_dst), "de_ord", tostring(row.de_ord))
    end
  end
  return json.object(groups)
end

local members

-- The members that hold nothing, by name: most of an object's are such. The names are words of declarations, so these
-- do not grow, and nothing in them needs escaping.
local LISTS, SINGLES = {}, {}

local function nothing(part)
  local known = part.one and SINGLES or LISTS
  local text = known[part.name]
  if not text then
    text = '"' .. part.name .. (part.one and '":false' or '":[]')
    known[part.name] = text
  end
  return text
end

local function part_text(part)
  if part.parts then return "{" .. members(part.parts) .. "}" end
  if part.row then return json.encode(texts(part.row)) end
  if part.nested then return store.encode(part.rows, NESTED) end
  return json.encode(part.value)
end

function members(parts)
  local list = {}
  for i, part in ipairs(parts) do
    local rows = part.rows
    if part.parts or part.row or part.nested or part.value ~= nil then
      list[i] = '"' .. part.name .. '":' .. part_text(part)
    elseif not rows or #rows == 0 then
      list[i] = nothing(part)
    else
      list[i] = '"' .. part.name .. '":' .. store.encode(rows, part.one and FIRST or ROWS)
    end
  end
  return table.concat(list, ",")
end

--- The text of an object: what its model's `get` gives.
function wire.object(model, whole)
  local related = members(whole.related)
  if whole.destinations then
    related = '"destinations":' .. json.encode(destinations(whole.destinations)) .. (related ~= "" and "," or "") .. related
  end
  local sections = #whole.sections > 0 and "," .. members(whole.sections) or ""
  -- PHP prints an empty array where nothing is related, and clients of it iterate.
  return store.encode(whole.rows, ROW):sub(1, -2) .. ',"object":"' .. model.name .. '"' .. sections
    .. ',"related":' .. (related ~= "" and "{" .. related .. "}" or "[]") .. "}"
end

return wire
