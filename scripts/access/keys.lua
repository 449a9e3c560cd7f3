-- Who asks: API keys, their tenants, people's passwords. Every surface comes through here.
local cache = require "cache"
local config = require "config"
local crypto = require "crypto"
local store = require "store"
local task = require "task"

local auth = {}

-- Failed logins an address may make within a minute before its answers are held back.
local FREE_FAILURES = 10
local WINDOW = 60
-- From here on, passwords of people are not even looked at.
local MAX_FAILURES = 50

local function failure(code, reason, message)
  return nil, { code = code, reason = reason, message = message }
end

local function counter(peer) return "login-failed:" .. (peer or "") end

--- Counts a failed login and holds the answer back when the address has made many.
function auth.failed(peer)
  local count = cache.count(counter(peer), WINDOW)
  local free = config.get("auth.free_failures", FREE_FAILURES)
  if count > free then task.sleep(math.min(2, (count - free) * 0.1)) end
end

--- True when the address has failed so often that a password is not checked at all.
function auth.throttled(peer)
  return cache.counted(counter(peer), WINDOW) >= MAX_FAILURES
end

---- address filters

local function ipv4(text)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if not a or a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function in_network(address, network)
  network = network:match("^%s*(.-)%s*$")
  address = address:gsub("^::ffff:", "")
  if network == address then return true end
  local base, bits = network:match("^([%d.]+)/(%d+)$")
  local number = ipv4(address)
  base, bits = base and ipv4(base), tonumber(bits)
  if not base or not number or bits > 32 then return false end
  local size = 2 ^ (32 - bits)
  return math.floor(number / size) == math.floor(base / size)
end

--- True when the address is in the comma list of addresses and IPv4 networks; an empty list lets
--- everybody in.
function auth.address_allowed(address, filter)
  if not filter or not filter:find("%S") then return true end
  for network in filter:gmatch("[^,%s]+") do
    if in_network(address or "", network) then return true end
  end
  return false
end

---- keys

local KEY = 'SELECT ak_id, ak_te_id, ak_label, ak_read_only, ak_ip_filter, ak_revoked, '
  .. 't.te_id, t.te_code, t.te_name FROM "keys" LEFT JOIN te_tenants t ON t.te_code = ? '
  .. "WHERE ak_hash = ?"
local KEY_BY_NAME = 'SELECT ak_id, ak_te_id, ak_label, ak_read_only, ak_ip_filter, ak_revoked, '
  .. 't.te_id, t.te_code, t.te_name FROM "keys" LEFT JOIN te_tenants t ON t.te_name = ? '
  .. "WHERE ak_hash = ? ORDER BY t.te_id = ak_te_id DESC, t.te_id LIMIT 2"

local function invalid_key(peer)
  auth.failed(peer)
  return failure("unauthenticated", "invalid_api_key", "Invalid API key.")
end

local function read_key(row, peer)
  if not row or row.ak_revoked then return invalid_key(peer) end
  if not auth.address_allowed(peer, row.ak_ip_filter) then
    return failure("denied", "api_ip_not_allowed", "This address may not use the API key.")
  end
  return {
    id = row.ak_id, label = row.ak_label or "", read_only = row.ak_read_only ~= 0,
    global = row.ak_te_id == nil, tenant_id = row.ak_te_id,
  }
end

local function look_up(text, peer, tenant_text)
  if type(text) ~= "string" or text == "" then
    return failure("unauthenticated", "missing_api_key", "Missing API key.")
  end
  local row, err = store.row(KEY, { tenant_text or "", crypto.sha256(text) })
  if err then return nil, err end
  local key
  key, err = read_key(row, peer)
  if not key then return nil, err end
  return key, row
end

--- The key a text is, from the address `peer`.
function auth.key(text, peer)
  local key, err = look_up(text, peer, nil)
  if not key then return nil, err end
  return key
end

local function tenant_row(row)
  if not row or not row.te_id then return nil end
  return { id = row.te_id, code = row.te_code, name = row.te_name }
end

local function find_tenant(text, names)
  local row, err = store.row("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_code = ?", { text })
  if err then return nil, err end
  if not row and names then
    row, err = store.row("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_name = ? "
      .. "ORDER BY te_id LIMIT 1", { text })
    if err then return nil, err end
  end
  return tenant_row(row)
end

-- The tenant this key may act for, when `found` is what its text named.
local function permitted(key, text, found)
  if text == nil or text == "" then
    if key.global then return nil end
    return failure("unauthenticated", "invalid_api_key", "Invalid API key.")
  end
  if not key.global then
    if found and found.id == key.tenant_id then return found end
    return failure("unauthenticated", "invalid_api_key", "Invalid API key.")
  end
  if not found then return failure("not_found", "tenant_not_found", "Tenant not found.") end
  return found
end

--- The tenant a key may act for. options.names: also by name. No text and a global key: nil, no error.
function auth.tenant(key, text, options)
  local found, err
  if text and text ~= "" then
    found, err = find_tenant(text, options and options.names)
    if err then return nil, err end
  end
  return permitted(key, text, found)
end

--- Key and tenant of a request at once; fills req.key and req.tenant and sets the task's scope.
--- options: names (tenant also by name), all (`%` means every tenant for a global key).
function auth.enter(req, text, tenant_text, options)
  options = options or {}
  local all = tenant_text == "%" and options.all
  if all then tenant_text = nil end
  local key, row = look_up(text, req.peer, tenant_text)
  if not key then return nil, row end
  local found = tenant_row(row)
  if not found and options.names and tenant_text and tenant_text ~= "" then
    local rows, err = store.query(KEY_BY_NAME, { tenant_text, crypto.sha256(text) })
    if not rows then return nil, err end
    if key.global and #rows > 1 then
      return failure("invalid", "single_tenant_required", "Several tenants have this name: use the code.")
    end
    found = tenant_row(rows[1])
  end
  if all and not key.global then
    return failure("unauthenticated", "invalid_api_key", "Invalid API key.")
  end
  local tenant, err = permitted(key, tenant_text, found)
  if err then return nil, err end
  req.key, req.tenant = key, tenant
  task.scope(tenant and tenant.code or "*")
  return true
end

--- Whether the key of a request may do what an action declares: read, write, admin or public.
function auth.allow(req, access)
  local key = req.key
  if access == "public" then return true end
  if access == "admin" and not key.global then
    return failure("denied", "admin_required", "An administrator API key is required.")
  end
  if access ~= "read" and key.read_only then
    return failure("denied", "read_only_api_key", "A full API key is required.")
  end
  return true
end

--- What model functions want to know of the caller.
function auth.context(req, actor)
  local key = req.key or {}
  return {
    tenant = req.tenant, key = key, actor = actor, peer = req.peer, request = req.id,
    secrets = key.global == true and not key.read_only,
  }
end

---- people

--- The us_users row of a name and a password. A wrong one is counted against the address.
function auth.password(name, password, peer)
  if auth.throttled(peer) then
    return nil, { code = "denied", reason = "too_many_attempts", status = 429,
      message = "too many failed logins from this address" }
  end
  local row, err = store.row("SELECT * FROM us_users WHERE us_username = ?", { name or "" })
  if err then return nil, err end
  local digest = crypto.sha256(password or "")
  -- Compared even for an unknown name, so that the answer takes as long.
  local right = crypto.equal(digest, row and row.us_password or crypto.sha256("unknown user"))
  if not row or not right then
    auth.failed(peer)
    return failure("unauthenticated", "invalid_login", "authentication failed")
  end
  if not auth.address_allowed(peer, row.us_ipfilter) then
    return failure("denied", "api_ip_not_allowed", "this address may not log in")
  end
  return row
end

return auth
