-- The id that a POST may give: a record that comes from another host keeps its own.
local json = require "json"
local prefixed = require "mikopbx.lib.prefixed"

local given_id = {}

-- Rows that are made later count on from the highest id, and ids have an end.
local MOST = 9999999

local function wrong(code, problem)
  return nil, { code = code, message = "id: " .. problem, fields = { id = problem } }
end

--- The row's id that a body gives, of a resource whose ids have a prefix or none; nil when it gives none.
function given_id.of(values, prefix)
  local text = values.id
  if text == nil or text == "" or text == json.null then return nil end
  if type(text) == "number" and text % 1 == 0 and math.abs(text) <= MOST then text = ("%d"):format(text) end
  text = tostring(text)
  local id
  if prefix then id = prefixed.id(prefix, text) else id = text:match("^%d+$") and tonumber(text) or 0 end
  if id >= 1 and id <= MOST then return id end
  return wrong("invalid", ("not one from %s to %s"):format(prefix and prefixed.text(prefix, 1) or "1",
    prefix and prefixed.text(prefix, MOST) or tostring(MOST)))
end

--- The error of a create under an id, in words of this API. `column` is the model's for ids.
function given_id.taken(err, column, id)
  if err.code ~= "conflict" or (err.field or err.column) ~= column then return nil end
  return select(2, wrong("conflict", "already taken: " .. tostring(id)))
end

return given_id
