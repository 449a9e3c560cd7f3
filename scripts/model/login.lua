-- Who a login name and a password are: a panel user, or an extension by its web user. A valid token counts as
-- password.
local address = require "access.address"
local password = require "access.password"
local people = require "access.people"
local store = require "store"
local token = require "model.token"
local usergroup = require "model.usergroup"

local login = {}

local function wrong(ctx, name)
  people.failed(name, ctx.peer)
  return nil, { code = "refused", reason = "invalid_login", message = "Authentication failed" }
end

local function matches(target, row, text)
  local kind = target.kind.prefix == "us" and password.USER or password.EXTENSION
  return password.check(kind, target.id, row.us_password or row.ex_webpassword, text)
end

local function tenants_of(target, row)
  if target.kind.prefix == "us" then return usergroup.tenants_of_user(row.us_id) end
  return store.query("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_id = ?", { row.ex_te_id })
end

-- A tenant's key must not try passwords of other tenants' people.
local function within(ctx, tenants)
  if not ctx.tenant then return true end
  for it in tenants:each() do
    if it.te_id == ctx.tenant.id then return true end
  end
  return false
end

--- {kind = "USER" | "EXTENSION", row, tenants}; `refused` when the name or the password is wrong.
function login.check(ctx, name, text)
  local may, problem = people.may_try(name, ctx.peer)
  if not may then return nil, problem end
  local target, err = token.target(name)
  if err and err.code ~= "not_found" and err.code ~= "invalid" then return nil, err end
  local row
  if target then
    row, err = store.row(("SELECT * FROM %s WHERE %s = ?"):format(target.kind.table, target.kind.id), { target.id })
    if err then return nil, err end
  end
  if not row then return wrong(ctx, name) end
  local tenants
  tenants, err = tenants_of(target, row)
  if not tenants then return nil, err end
  local allowed = within(ctx, tenants) and address.allows(ctx.peer, row.us_ipfilter)
  local right = false
  if allowed then
    right, err = matches(target, row, text)
    if err then return nil, err end
  end
  if allowed and not right then
    right, err = token.accept(ctx, target, text)
    if err then return nil, err end
  end
  if not right then return wrong(ctx, name) end
  people.succeeded(name, ctx.peer)
  return { kind = target.kind.prefix == "us" and "USER" or "EXTENSION", row = row, tenants = tenants:list() }
end

--- Columns of a privilege.
login.PRIVILEGE_COLUMNS = { "ug_id", "param1", "param2", "param3", "param4", "param5" }

--- Privilege rows of a profile.
function login.privileges(profile_id)
  return store.query("SELECT " .. table.concat(login.PRIVILEGE_COLUMNS, ", ") .. " FROM up_privileges WHERE upp_up_id = ? "
    .. "ORDER BY upp_id", { profile_id or 0 }, { rows = 10000 })
end

return login
