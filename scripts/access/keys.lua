-- API keys and the tenants they act for.
local address = require "access.address"
local cache = require "cache"
local context = require "access.context"
local crypto = require "crypto"
local failure = require("lib.failure").of
local moment = require "lib.moment"
local store = require "store"

local keys = {}

local KEY = 'SELECT ak_id, ak_te_id, ak_label, ak_read_only, ak_ip_filter, ak_revoked, '
  .. 't.te_id, t.te_code, t.te_name FROM "keys" LEFT JOIN te_tenants t ON t.te_code = ? '
  .. "WHERE ak_hash = ?"
local KEY_BY_NAME = 'SELECT ak_id, ak_te_id, ak_label, ak_read_only, ak_ip_filter, ak_revoked, '
  .. 't.te_id, t.te_code, t.te_name FROM "keys" LEFT JOIN te_tenants t ON t.te_name = ? '
  .. "WHERE ak_hash = ? ORDER BY t.te_id = ak_te_id DESC, t.te_id LIMIT 2"

local function invalid_key(peer)
  address.failed(peer)
  return failure("unauthenticated", "invalid_api_key", "Invalid API key.")
end

-- Once in a while is enough to tell a used key from a forgotten one. What is not written does not
-- stop a request: the store may be read-only.
local USED_EVERY = 300

local function used(id)
  if not cache.claim("key-used:" .. id, "1", USED_EVERY) then return end
  store.write('UPDATE "keys" SET ak_last_used = ? WHERE ak_id = ?', { moment.now(), id })
end

local function read_key(row, peer)
  if not row or row.ak_revoked then return invalid_key(peer) end
  if not address.allows(peer, row.ak_ip_filter) then
    return failure("denied", "api_ip_not_allowed", "This address may not use the API key.")
  end
  used(row.ak_id)
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
function keys.key(text, peer)
  local key, err = look_up(text, peer, nil)
  if not key then return nil, err end
  return key
end

local function tenant_row(row)
  if not row or not row.te_id then return nil end
  return { id = row.te_id, code = row.te_code, name = row.te_name }
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

--- Key and tenant of a request at once; makes its context (access/context.lua) for `actor`.
--- options: names (tenant also by name), all (`%` means every tenant for a global key).
function keys.enter(req, actor, text, tenant_text, options)
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
  context.enter(req, actor, key, tenant)
  return true
end

--- Whether the key of a request may do what an action declares: read, write, admin or public.
function keys.allow(req, access)
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

return keys
