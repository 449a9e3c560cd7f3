-- model.idempotency: one key, one answer.
local idempotency = require "model.idempotency"
local store = require "store"

test("the first claim works, the second gets its answer", function(t)
  local claim = idempotency.claim("1 x", "k1", "request", "api key")
  t.equal(claim.status, nil)
  local _, err = idempotency.claim("1 x", "k1", "request", "api key")
  t.equal(err.reason, "request_in_progress")
  idempotency.settle(claim, 201, "answer")
  t.equal(idempotency.claim("1 x", "k1", "request", "api key"), { status = 201, body = "answer" })
  _, err = idempotency.claim("1 x", "k1", "another", "api key")
  t.equal(err.reason, "idempotency_key_reused")
  t.equal(idempotency.claim("2 x", "k1", "another", "api key").status, nil, "keys of others are their own")
end)

test("our own failing may be tried again, a bad key not", function(t)
  local claim = idempotency.claim("1 x", "k2", "request", "api key")
  idempotency.settle(claim, 502, "no")
  claim = idempotency.claim("1 x", "k2", "request", "api key")
  t.equal(claim.status, nil)
  idempotency.settle(claim, 504, "nobody knows")
  t.equal(idempotency.claim("1 x", "k2", "request", "api key").status, 504, "it may have been done")
  local _, err = idempotency.claim("1 x", "a b", "request", "api key")
  t.equal(err.code, "invalid")
end)

test("a first request that cannot run any more is not waited for", function(t)
  idempotency.claim("1 x", "k3", "request", "api key")
  t.sql("UPDATE ik_idempotencykeys SET ik_until = 1 WHERE ik_key = 'k3'")
  local _, err = idempotency.claim("1 x", "k3", "request", "api key")
  t.equal(err.reason, "result_unknown")
  _, err = idempotency.claim("1 x", "k3", "another", "api key")
  t.equal(err.reason, "idempotency_key_reused")
end)

-- A server was lost at the commit of a change.
test("what nobody knows is done by the retry if it was not, once", function(t)
  local function lost(key, commits)
    local claim = idempotency.claim("1 x", key, "request", "api key")
    store.transaction(function(tx)
      local ok, err = idempotency.mark(tx, claim)
      if not ok then return nil, err end
      return commits or nil, { code = "unavailable" }
    end)
    idempotency.settle(claim, 503, "", false, true)
  end
  lost("k5", false)
  t.equal(idempotency.claim("1 x", "k5", "request", "api key").status, nil, "not done: it may be")
  local _, err = idempotency.claim("1 x", "k5", "request", "api key")
  t.equal(err.reason, "request_in_progress", "and by one only")
  lost("k6", true)
  _, err = idempotency.claim("1 x", "k6", "request", "api key")
  t.equal({ err.reason, err.message:match("was done") }, { "result_unknown", "was done" })
  -- What was sent cannot be looked for here, nor what was changed without a mark.
  local claim = idempotency.claim("1 x", "k7", "request", "api key")
  idempotency.settle(claim, 503, "", false, true)
  _, err = idempotency.claim("1 x", "k7", "request", "api key")
  t.equal(err.reason, "result_unknown")
end)

test("a claim that nobody knows to be made is found again by who made it", function(t)
  t.lose_commit(1)
  local claim = idempotency.claim("1 x", "k8", "request", "api key")
  t.equal(claim.key, "k8")
  local _, err = idempotency.claim("1 x", "k8", "request", "api key")
  t.equal(err.reason, "request_in_progress")
end)

test("the store holds neither the request nor the answer in clear", function(t)
  idempotency.settle(idempotency.claim("1 x", "k4", "password=secret", "api key"), 201, "the token")
  local row = t.sql("SELECT * FROM ik_idempotencykeys WHERE ik_key = 'k4'")[1]
  t.equal(row.ik_answer:find("token", 1, true), nil)
  t.not_equal(row.ik_request, require("crypto").sha256("password=secret"), "a guess cannot be tried on it")
  t.equal(idempotency.claim("1 x", "k4", "password=secret", "api key"), { status = 201, body = "the token" })
end)
