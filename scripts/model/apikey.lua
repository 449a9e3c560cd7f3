-- The host's own API keys: a tenant's or, without one, for all. Stored as digests; shown once, when made.
local change_log = require "engine.log"
local crypto = require "crypto"
local failure = require("lib.failure").of
local guard = require "engine.guard"
local moment = require "lib.moment"
local sql = require "engine.sql"
local store = require "store"

local apikey = {}

-- What a change of a key is told as in the logs of its tenant.
local function noted(tx, ctx, action, id, tenant_id, description)
  return change_log.write(tx, ctx, { object = "key", id = id, action = action, tenant_id = tenant_id or 0,
    description = description })
end

--- A new key of the tenant with that code, or for all tenants without one. fields = {tenant, read_only, label}.
--- Returns the key, which is nowhere else, and its id.
function apikey.create(ctx, fields)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local key = crypto.random(20)
  local id, err = store.transaction(function(tx)
    local tenant_id, failed
    if fields.tenant then
      tenant_id, failed = tx:value("SELECT te_id FROM te_tenants WHERE te_code = ?", { fields.tenant })
      if failed then return nil, failed end
      if not tenant_id then return failure("not_found", "not_found", "no such tenant: " .. fields.tenant) end
    end
    local text, params = sql.insert("keys", { ak_te_id = tenant_id, ak_hash = crypto.sha256(key),
      ak_prefix = key:sub(1, 5) .. "...", ak_label = fields.label or "", ak_read_only = fields.read_only and 1 or 0,
      ak_created = moment.now() })
    local made
    made, failed = tx:exec(text, params)
    if not made then return nil, failed end
    local done
    done, failed = noted(tx, ctx, "create", made.id, tenant_id, fields.label)
    if not done then return nil, failed end
    return made.id
  end)
  if not id then return nil, err end
  return key, id
end

--- All keys, masked: id, tenant, access, key, label, created, last_used, revoked.
function apikey.list()
  return store.query([[SELECT ak_id AS id, COALESCE(te_code, '(global)') AS tenant,
    CASE ak_read_only WHEN 0 THEN 'full' ELSE 'read-only' END AS access, ak_prefix AS "key",
    COALESCE(ak_label, '') AS label, ak_created AS created, COALESCE(ak_last_used, '') AS last_used,
    COALESCE(ak_revoked, '') AS revoked
    FROM "keys" LEFT JOIN te_tenants ON te_id = ak_te_id ORDER BY ak_id]], {}, { rows = 100000 })
end

--- Refuses a key from now on.
function apikey.revoke(ctx, id)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  return store.transaction(function(tx)
    local row, err = tx:row('SELECT ak_te_id FROM "keys" WHERE ak_id = ? AND ak_revoked IS NULL', { id })
    if err then return nil, err end
    if not row then return failure("not_found", "not_found", "no key in force with id " .. id) end
    local text, params = sql.update("keys", { ak_revoked = moment.now() }, { ak_id = id })
    local done
    done, err = tx:exec(text, params)
    if not done then return nil, err end
    return noted(tx, ctx, "revoke", id, row.ak_te_id)
  end)
end

return apikey
