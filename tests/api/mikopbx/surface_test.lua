-- MikoPBX v3: routing, the envelope, meta, who gets in.
local crypto = require "crypto"
local mikopbx = require "support.mikopbx"
local patience = require "support.patience"
local BASE, bearer = mikopbx.BASE, mikopbx.bearer

test("meta carries the time with its offset and a hash of both", function(t)
  local res = t.http:get(BASE .. "/system:ping")
  t.matches(res.json.meta.timestamp, "^%d+%-%d%d%-%d%dT%d%d:%d%d:%d%d[+-]%d%d:%d%d$")
  local before = res.body:gsub(',"meta":.*$', "}")
  t.equal(res.json.meta.hash, crypto.sha1(res.json.meta.timestamp .. before))
  t.equal(res.headers["e-tag"], crypto.sha1(before))
  t.equal(res.headers["access-control-allow-origin"], "*")
end)

test("unknown routes are 404 before any key is asked for", function(t)
  local res = t.http:get(BASE .. "/nonsense?a=b")
  t.equal(res.status, 404)
  t.equal(res.json.success, false)
  t.equal(res.json.messages.error[1], "Endpoint not found: " .. BASE .. "/nonsense?a=b")
  t.equal(t.http:get(BASE .. "/employees/abc").status, 404)
  t.equal(t.http:put(BASE .. "/sip").status, 404)
end)

test("a method without its id is 400, with the wrong verb 405", function(t)
  t.equal(t.http:get(BASE .. "/sip:getSecret").status, 400)
  t.equal(t.http:post(BASE .. "/sip/100:getSecret").status, 405)
end)

test("no credentials are 401, from the loopback as well", function(t)
  local res = t.http:get(BASE .. "/employees")
  t.equal(res.status, 401)
  t.equal(res.json.messages.error, { "The user isn't authenticated." })
  t.equal(t.http:get(BASE .. "/system:checkAuth").status, 401)
  t.equal(t.http:get(BASE .. "/system:checkAuth", { headers = bearer(t) }).status, 200)
  t.equal(t.http:get(BASE .. "/employees", {
    headers = { ["X-Forwarded-For"] = "127.0.0.1" },
  }).status, 401)
end)

test("a read ends when its client has gone", function(t)
  patience.ends_reads(t, BASE .. "/dawdle", { headers = bearer(t) })
end)
