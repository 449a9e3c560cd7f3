-- The Idempotency-Key header: the same key and request answer the first result again, so a retried
-- originate does not dial twice. Answers may hold a token or a password, so they are sealed with the API
-- key that asked: whoever reads the store reads nothing.
local crypto = require "crypto"
local moment = require "lib.moment"
local store = require "store"
local task = require "task"
local time = require "time"

local idempotency = {}

local KEEP = 24 * 3600
-- After its deadline a request still says that it has failed.
local MARGIN = 10

local function invalid(message)
  return nil, { code = "invalid", reason = "invalid_idempotency_key", field = "Idempotency-Key",
    message = message }
end

-- A claim that nobody knows to be made is known by its mark, which stands where the answer will.
local function enter(scope, key, digest, last, mark)
  local now = math.floor(time.now())
  return store.transaction(function(tx)
    local done, failed = tx:exec("DELETE FROM ik_idempotencykeys WHERE ik_created < ?", { moment.text(now - KEEP) })
    if not done then return nil, failed end
    local row
    row, failed = tx:row("SELECT ik_request, ik_status, ik_answer, ik_until, ik_done FROM ik_idempotencykeys "
      .. "WHERE ik_scope = ? AND ik_key = ?", { scope, key })
    if failed then return nil, failed end
    if row and not row.ik_status and row.ik_answer == mark then return { fresh = true } end
    local again = row and row.ik_request == digest and not row.ik_status and row.ik_until < now and row.ik_done == 0
    if row and not again then return row end
    if again then
      done, failed = tx:exec("UPDATE ik_idempotencykeys SET ik_until = ?, ik_answer = ?, ik_done = NULL "
        .. "WHERE ik_scope = ? AND ik_key = ?", { last, mark, scope, key })
    else
      done, failed = tx:exec("INSERT INTO ik_idempotencykeys (ik_scope, ik_key, ik_request, ik_answer, ik_created, "
        .. "ik_until) VALUES (?, ?, ?, ?, ?, ?)", { scope, key, digest, mark, moment.now(), last })
    end
    if not done then return nil, failed end
    return { fresh = true }
  end)
end

--- Claims a key for a request. Returns a claim to settle, or the stored answer {status, body}, or
--- an error: the key belongs to another request, the first one still runs, or it ended without an
--- answer. secret: the API key, which seals the answer.
function idempotency.claim(scope, key, request, secret)
  if #key > 80 or not key:find("^[%w_.:-]+$") then
    return invalid("Idempotency-Key: 1 to 80 letters, digits, _ . : -")
  end
  local digest = crypto.hmac_sha256(secret, request)
  local now = math.floor(time.now())
  local last = now + math.ceil(task.remaining()) + MARGIN
  local mark = crypto.random(16)
  local found, err = enter(scope, key, digest, last, mark)
  if not found and err.kind == "unknown" then found, err = enter(scope, key, digest, last, mark) end
  if not found then return nil, err end
  if found.fresh then return { scope = scope, key = key, secret = secret } end
  if found.ik_request ~= digest then
    return nil, { code = "conflict", reason = "idempotency_key_reused", status = 422,
      message = "This Idempotency-Key belongs to another request." }
  end
  if not found.ik_status and found.ik_until < now then
    return nil, { code = "conflict", reason = "result_unknown", message = found.ik_done == 1
      and "The first request with this Idempotency-Key was done, but its answer is lost. Look what it did."
      or "The first request with this Idempotency-Key ended without an answer. Look what it did, "
        .. "and use another key." }
  end
  if not found.ik_status then
    return nil, { code = "conflict", reason = "request_in_progress",
      message = "The first request with this Idempotency-Key is still running." }
  end
  return { status = found.ik_status, body = crypto.unseal(secret, found.ik_answer or "") or "" }
end

--- Says in the transaction of a change that it is done, if it is.
function idempotency.mark(tx, claim)
  claim.marked = true
  return tx:exec("UPDATE ik_idempotencykeys SET ik_done = 1 WHERE ik_scope = ? AND ik_key = ?", { claim.scope, claim.key })
end

--- Keeps the answer of a claim. An answer of our own failing is forgotten, so that a retry works; but
--- after 504, or when something was sent that cannot be taken back (sent), nobody knows what was done, and
--- a retry must not do it twice; nor after a commit that may be done or not (unknown): what marked its transaction
--- is done by a retry if it was not done, anything else is told to it.
function idempotency.settle(claim, status, body, sent, unknown)
  if unknown then
    local decided = claim.marked and not sent and "coalesce(ik_done, 0)" or "ik_done"
    return store.write("UPDATE ik_idempotencykeys SET ik_until = 0, ik_done = " .. decided
      .. " WHERE ik_scope = ? AND ik_key = ?", { claim.scope, claim.key })
  end
  if status >= 500 and status ~= 504 and not sent then
    return store.write("DELETE FROM ik_idempotencykeys WHERE ik_scope = ? AND ik_key = ?",
      { claim.scope, claim.key })
  end
  return store.write("UPDATE ik_idempotencykeys SET ik_status = ?, ik_answer = ? "
    .. "WHERE ik_scope = ? AND ik_key = ?", { status, crypto.seal(claim.secret, body), claim.scope, claim.key })
end

return idempotency
