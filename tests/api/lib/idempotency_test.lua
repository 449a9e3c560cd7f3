-- lib.idempotency: one key, one answer.
local idempotency = require "lib.idempotency"

test("the first claim works, the second gets its answer", function(t)
  local claim = idempotency.claim("1 x", "k1", "request")
  t.equal(claim.status, nil)
  local _, err = idempotency.claim("1 x", "k1", "request")
  t.equal(err.reason, "request_in_progress")
  idempotency.settle(claim, 201, "answer")
  t.equal(idempotency.claim("1 x", "k1", "request"), { status = 201, body = "answer" })
  _, err = idempotency.claim("1 x", "k1", "another")
  t.equal(err.reason, "idempotency_key_reused")
  t.equal(idempotency.claim("2 x", "k1", "another").status, nil, "keys of others are their own")
end)

test("our own failing may be tried again, a bad key not", function(t)
  local claim = idempotency.claim("1 x", "k2", "request")
  idempotency.settle(claim, 502, "no")
  t.equal(idempotency.claim("1 x", "k2", "request").status, nil)
  local _, err = idempotency.claim("1 x", "a b", "request")
  t.equal(err.code, "invalid")
end)
