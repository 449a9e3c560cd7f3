-- info=EXTENSIONS: every column of the extensions, with state and login of the phone.
local answer = require "proxyapi.lib.answer"
local extension = require "model.extension"

local SHORT = { "ex_number", "ex_name", "ex_tech", "st_state", "username", "password" }
local LABELS = { "Number", "Name", "Tech", "State", "Username", "Password" }

local extensions = route {
  reqtype = "INFO",
  info = "EXTENSIONS",
  summary = "List extensions, or read one by id or number.",
  params = { id = { type = "integer" }, number = {} },
  actions = { list = { access = "read", tenant = "optional" } },
}

local function columns_of(rows)
  local columns = {}
  for _, name in ipairs(rows.columns) do
    if name:sub(1, 3) == "ex_" then columns[#columns + 1] = name end
  end
  for _, name in ipairs({ "st_state", "username", "password" }) do
    columns[#columns + 1] = name
  end
  return columns
end

-- A tenant's full key may read the phones' passwords, but no other secret of the rows.
local function reader(req)
  local ctx = {}
  for name, value in pairs(req.ctx) do ctx[name] = value end
  ctx.secrets = not req.key.read_only
  return ctx
end

function extensions.list(req)
  local params = req.params
  local where
  if params.id then where = { ex_id = params.id }
  elseif params.number and params.number ~= "" then where = { ex_number = params.number } end
  local rows, err = extension.rows(reader(req), { where = where, full = true })
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    if not req.ctx.secrets then
      for name in pairs(extension.secret_set) do row[name] = nil end
    end
    list[#list + 1] = row
  end
  return answer.list(columns_of(rows), list, { short = SHORT, labels = LABELS })
end

return extensions
