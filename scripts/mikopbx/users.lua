-- /users: whether an address is nobody's yet.
local extension = require "model.extension"
local mikopbx = require "mikopbx.lib.envelope"
local shapes = require "mikopbx.lib.shapes"

local users = route {
  family = "users",
  summary = "Whether an e-mail address is nobody's yet.",
  actions = {
    available = { access = "read", verb = "GET /users:available", result = shapes.available,
      params = { email = { max = 255, document = { required = true }, example = "ann@example.com" } } },
  },
}

function users.available(req)
  local email = tostring(req.params.email or "")
  if email == "" then return nil, { code = "invalid", message = "Empty email value in POST/GET data" } end
  local rows, err = extension.rows(req.ctx, { where = { ex_email = email }, columns = { "ex_id", "ex_name", "ex_number" }, limit = 1 })
  if not rows then return nil, err end
  local row = rows[1]
  if not row then return { available = true } end
  return { available = false, userId = tostring(row.ex_id), represent = mikopbx.represent_phone(row.ex_name, row.ex_number) }
end

return users
