-- The Idempotency-Key header: the same key and request answer the first result again, so a retried
-- originate does not dial twice.
local change_log = require "lib.change_log"
local crypto = require "crypto"
local store = require "store"
local time = require "time"

local idempotency = {}

local KEEP = 24 * 3600

local function invalid(message)
  return nil, { code = "invalid", reason = "invalid_idempotency_key", field = "Idempotency-Key",
    message = message }
end

--- Claims a key for a request. Returns a claim to settle, or the stored answer {status, body}, or
--- an error: the key belongs to another request, or the first one still runs.
function idempotency.claim(scope, key, request)
  if #key > 80 or not key:find("^[%w_.:-]+$") then
    return invalid("Idempotency-Key: 1 to 80 letters, digits, _ . : -")
  end
  local digest = crypto.sha256(request)
  local old = time.format("%Y-%m-%d %H:%M:%S", time.now() - KEEP)
  local found, err = store.transaction(function(tx)
    local done, failed = tx:exec("DELETE FROM ik_idempotencykeys WHERE ik_created < ?", { old })
    if not done then return nil, failed end
    local row
    row, failed = tx:row("SELECT ik_request, ik_status, ik_answer FROM ik_idempotencykeys "
      .. "WHERE ik_scope = ? AND ik_key = ?", { scope, key })
    if failed then return nil, failed end
    if row then return row end
    done, failed = tx:exec("INSERT INTO ik_idempotencykeys (ik_scope, ik_key, ik_request, ik_created) "
      .. "VALUES (?, ?, ?, ?)", { scope, key, digest, change_log.now() })
    if not done then return nil, failed end
    return { fresh = true }
  end)
  if not found then return nil, err end
  if found.fresh then return { scope = scope, key = key } end
  if found.ik_request ~= digest then
    return nil, { code = "conflict", reason = "idempotency_key_reused", status = 422,
      message = "This Idempotency-Key belongs to another request." }
  end
  if not found.ik_status then
    return nil, { code = "conflict", reason = "request_in_progress",
      message = "The first request with this Idempotency-Key is still running." }
  end
  return { status = found.ik_status, body = found.ik_answer or "" }
end

--- Keeps the answer of a claim. An answer of our own failing is forgotten, so that a retry works; but
--- after 504 nobody knows what was done, and a retry must not do it twice.
function idempotency.settle(claim, status, body)
  if status >= 500 and status ~= 504 then
    return store.write("DELETE FROM ik_idempotencykeys WHERE ik_scope = ? AND ik_key = ?",
      { claim.scope, claim.key })
  end
  return store.write("UPDATE ik_idempotencykeys SET ik_status = ?, ik_answer = ? "
    .. "WHERE ik_scope = ? AND ik_key = ?", { status, body, claim.scope, claim.key })
end

return idempotency
