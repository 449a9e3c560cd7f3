-- Who speaks to the MikoPBX dialects: bearer tokens, API keys, sessions, and for which tenant.
local address = require "access.address"
local config = require "config"
local context = require "access.context"
local crypto = require "crypto"
local json = require "json"
local jwt = require "access.jwt"
local keys = require "access.keys"
local pathkey = require "access.pathkey"
local people = require "access.people"
local session = require "access.session"
local store = require "store"
local time = require "time"

local access = {}

-- Seconds that the clock of another host may be ahead of ours when a token begins.
local LEEWAY = 600
access.TOKEN_SECONDS = 900

local function unauthenticated()
  return { code = "unauthenticated", message = "The user isn't authenticated." }
end

local function denied()
  return {
    code = "denied",
    message = "Access denied. You do not have permission to access this resource.",
  }
end

local function tenant_row(condition, value)
  local text = "SELECT te_id AS id, te_code AS code, te_name AS name FROM te_tenants "
  return store.row(text .. condition, { value })
end

--- The tenant this host speaks for: the configured one, or the first.
local function default_tenant()
  local code = config.get("mikopbx.tenant", nil)
  local row, err
  if code then row, err = tenant_row("WHERE te_code = ?", code)
  else row, err = tenant_row("WHERE te_id > ? ORDER BY te_id LIMIT 1", 0) end
  if err then return nil, err end
  if not row then return nil, { code = "internal", message = "there is no tenant to speak for" } end
  return row
end

--- The tenant of a user of the panel: an administrator has the host's, others their first.
function access.tenant_of_user(user)
  if user.us_admin ~= "on" then
    local row, err = store.row([[SELECT te_id AS id, te_code AS code, te_name AS name
      FROM ut_usertenants JOIN te_tenants ON te_id = ut_tenant_id
      WHERE ut_us_id = ? ORDER BY ut_id LIMIT 1]], { user.us_id })
    if err then return nil, err end
    if row then return row end
    local admin
    admin, err = store.value(
      "SELECT 1 FROM up_privileges WHERE upp_up_id = ? AND ug_id = 'ADMIN' LIMIT 1",
      { user.us_up_id or 0 })
    if err then return nil, err end
    if not admin then return nil, denied() end
  end
  return default_tenant()
end

-- True for users who may administer: not those who only have a panel of one extension.
local function is_administrator(user)
  if user.us_admin == "on" then return true end
  local found, err = store.value([[SELECT 1 FROM up_privileges
    WHERE upp_up_id = ? AND ug_id IN ('ADMIN', 'TENANTADMIN') LIMIT 1]], { user.us_up_id or 0 })
  if err then return nil, err end
  return found ~= nil
end

--- The administrator who logs in with a name and a password. Who may not come in has as wrong a password as another:
--- err.left says how many more this address may try.
function access.administrator(name, password, peer)
  local user, err = people.password(name, password, peer)
  if not user then return nil, err end
  local allowed
  allowed, err = is_administrator(user)
  if err then return nil, err end
  if allowed then return user end
  return nil, { code = "unauthenticated", message = "authentication failed", left = people.failed(name, peer) }
end

--- A bearer token for a user.
function access.token(user)
  local key, err = pathkey.secret()
  if not key then return nil, err end
  local now = math.floor(time.now())
  return jwt.sign(key, json.ordered("userId", tostring(user.us_id), "role", "admins",
    "language", "en", "iat", now, "nbf", now, "exp", now + access.TOKEN_SECONDS,
    "mark", people.mark(user)))
end

local function by_token(token)
  local key, err = pathkey.secret()
  if not key then return nil, err end
  local payload = jwt.verify(key, token, time.now(), LEEWAY)
  if not payload then return nil, unauthenticated() end
  local user
  user, err = store.row("SELECT us_id, us_username, us_admin, us_up_id, us_password FROM us_users "
    .. "WHERE us_id = ?", { tonumber(payload.userId) or 0 })
  if err then return nil, err end
  -- A token ends with the password it was given for.
  if not user or payload.mark ~= people.mark(user) then return nil, unauthenticated() end
  local tenant
  tenant, err = access.tenant_of_user(user)
  if not tenant then return nil, err end
  return {
    tenant = tenant, label = user.us_username, full = true, user = user,
    global = user.us_admin == "on",
  }
end

-- By the address of the socket alone: a header can say anything, and a proxy of the same machine speaks for all.
local function is_loopback(req)
  if req.proxy then return false end
  local peer = (req.peer or ""):gsub("^::ffff:", "")
  return peer == "::1" or peer:match("^127%.%d+%.%d+%.%d+$") ~= nil
end
access.is_loopback = is_loopback

local function in_list(text, peer)
  local list = table.concat(json.decode(text or "[]") or {}, ",")
  return list ~= "" and address.allows(peer, list)
end

local function filter_allows(id, req)
  if id == "none" or id == "" or id == nil then return true end
  if id == "localhost" then return is_loopback(req) end
  local row, err = store.row(
    "SELECT mn_permit, mn_deny FROM mk_networkfilters WHERE mn_id = ?", { tonumber(id) or 0 })
  if err then return nil, err end
  if not row then return false end
  return in_list(row.mn_permit, req.peer) or not in_list(row.mn_deny, req.peer)
end

local function by_api_key(text, req)
  local row, err = store.row([[SELECT ma_id, ma_te_id, ma_description, ma_networkfilterid,
    ma_full_permissions, ma_allowed_paths FROM mk_apikeys WHERE ma_hash = ?]],
    { crypto.sha256(text) })
  if err then return nil, err end
  if not row then return nil, unauthenticated() end
  local allowed
  allowed, err = filter_allows(row.ma_networkfilterid, req)
  if err then return nil, err end
  if not allowed then return nil, unauthenticated() end
  local tenant
  if row.ma_te_id then tenant, err = tenant_row("WHERE te_id = ?", row.ma_te_id)
  else tenant, err = default_tenant() end
  if not tenant then return nil, err or unauthenticated() end
  pathkey.used(row.ma_id)
  return {
    tenant = tenant, label = row.ma_description, key_id = row.ma_id,
    full = row.ma_full_permissions == 1, global = row.ma_te_id == nil,
    paths = json.decode(row.ma_allowed_paths or "{}") or {},
  }
end

-- A key of the other dialects serves here too; a read-only one reads everything.
local function by_key(text, peer)
  local key = keys.key(text, peer)
  if not key then return nil, unauthenticated() end
  local tenant, err
  if key.tenant_id then tenant, err = tenant_row("WHERE te_id = ?", key.tenant_id)
  else tenant, err = default_tenant() end
  if not tenant then return nil, err or unauthenticated() end
  return {
    tenant = tenant, label = key.label, key_id = key.id, full = true, global = key.global,
    read_only = key.read_only,
  }
end

--- Whose a token is: of a login, a key of this API, or one of the other dialects.
function access.of_token(text, req)
  if text:match("^[^.]+%.[^.]+%.[^.]+$") then return by_token(text) end
  local caller, err = by_api_key(text, req)
  if caller or err.code ~= "unauthenticated" then return caller, err end
  return by_key(text, req.peer)
end

--- Who a request comes from: its bearer, or the loopback when the configuration opens it.
function access.caller(req)
  local header = req.headers.authorization
  local scheme, text = (header or ""):match("^(%a+)%s+(%S+)%s*$")
  if scheme and scheme:lower() ~= "bearer" then text = nil end
  if not text then
    if not header and config.get("mikopbx.open_localhost", false)
        and is_loopback(req) then
      local tenant, err = default_tenant()
      if not tenant then return nil, err end
      return { tenant = tenant, label = "localhost", full = true, global = true }
    end
    return nil, unauthenticated()
  end
  return access.of_token(text, req)
end

--- Whether a caller may read or write a resource, `/api/v3/employees`.
function access.allow(caller, path, writing)
  if caller.read_only and writing then return nil, denied() end
  if caller.full then return true end
  local level = caller.paths[path]
  if level == "write" or (level == "read" and not writing) then return true end
  return nil, denied()
end

-- Trunks belong to no tenant: whoever speaks for the whole host sees all of what these show, and
-- the scripts choose the tenant's phones by name.
local HOST_WIDE = { sip = true, ["sip-providers"] = true, providers = true }

--- Lets a caller in to read or write a resource, `employees`: makes the request's context. Secrets are shown
--- only to those who may write.
function access.enter(req, caller, resource, writing)
  local path = "/api/v3/" .. resource
  local ok, err = access.allow(caller, path, writing)
  if not ok then return nil, err end
  local full = access.allow(caller, path, true) == true
  local key = { id = caller.key_id, label = caller.label, read_only = not full, global = caller.global }
  req.caller = caller
  context.enter(req, "MikoPBX", key, caller.tenant,
    { secrets = full, scope = caller.global and HOST_WIDE[resource] and "*" or nil })
  return true
end

--- The context of a request that needs no login.
function access.public(req)
  if #req.body > context.STRANGER then
    return nil, { code = "invalid", status = 413, message = "the body is too long for a request without a login" }
  end
  context.public(req, "MikoPBX")
  return true
end

---- sessions: refresh tokens of v3 and cookies of the older API

access.open_session, access.session, access.close_session = session.open, session.user, session.close

--- The header that sets a cookie; without `age` it ends with the browser.
function access.set_cookie(req, name, value, attributes, age)
  local text = ("%s=%s; %s"):format(name, value, attributes)
  if age then text = text .. "; Max-Age=" .. age end
  if req.secure then text = text .. "; Secure" end
  return { ["Set-Cookie"] = text }
end

--- Value of a cookie of the request.
function access.cookie(req, name)
  for part in (req.headers.cookie or ""):gmatch("[^;]+") do
    local key, value = part:match("^%s*([^=%s]+)%s*=%s*(.-)%s*$")
    if key == name then return value end
  end
end

return access
