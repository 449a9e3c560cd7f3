-- Whose an e-mail address is.
local extension = require "model.extension"
local mikopbx = require "mikopbx.lib.envelope"

local people = {}

--- Whether an address is nobody's yet, and whose it is.
function people.available(ctx, email)
  email = tostring(email or "")
  if email == "" then return nil, { code = "invalid", message = "Empty email value in POST/GET data" } end
  local rows, err = extension.rows(ctx, { where = { ex_email = email }, columns = { "ex_id", "ex_name", "ex_number" }, limit = 1 })
  if not rows then return nil, err end
  local row = rows[1]
  if not row then return { available = true } end
  return { available = false, userId = tostring(row.ex_id), represent = mikopbx.represent_phone(row.ex_name, row.ex_number) }
end

return people
