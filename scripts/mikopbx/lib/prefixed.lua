-- Ids of MikoPBX that are a word and eight hex digits: those of our rows, written that way.
local prefixed = {}

--- QUEUE-0000001A of "QUEUE" and 26.
function prefixed.text(prefix, id) return ("%s-%08X"):format(prefix, id) end

--- The row's id of such a text; 0, which no row has, of any other.
function prefixed.id(prefix, text)
  local digits = tostring(text):match("^" .. prefix .. "%-(%x+)$")
  return digits and #digits <= 8 and tonumber(digits, 16) or 0
end

--- Errors of a model in the words of this API: names are the client's by the model's; `taken` is the field of a
--- conflict that names none.
function prefixed.not_saved(err, names, taken)
  if err.reason == "object_in_use" then return nil, err end
  local name = names[err.field or ""] or err.code == "conflict" and taken
  if not name then return nil, err end
  local problem = err.message:gsub("^[%w_]+:%s*", "")
  return nil, { code = err.code, status = err.status, message = name .. ": " .. problem, fields = { [name] = problem } }
end

return prefixed
