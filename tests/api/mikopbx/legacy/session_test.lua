-- The cookie login of the older API.
local client = require "support.mikopbx_legacy"
local people = require "access.people"
local login, API = client.login, client.API

test("a good login answers in the old shape and sets the cookie", function(t)
  local res = login(t)
  t.equal(res.status, 200)
  t.equal(res.json.success, true)
  t.equal(res.json.reload, "index/index")
  t.equal(res.json.message, {})
  t.matches(res.headers["set-cookie"], "^PHPSESSID=%x+; Path=/; HttpOnly")
  local cookie = { Cookie = res.headers["set-cookie"]:match("^[^;]+") }
  t.equal(t.http:get(API .. "/sip/getPeersStatuses", { headers = cookie }).status, 200)
  t.equal(t.http:get("/admin-cabinet/session/end", { headers = cookie }).status, 200)
  t.equal(t.http:get(API .. "/sip/getPeersStatuses", { headers = cookie }).status, 401)
end)

test("a wrong login, no login, a made-up cookie", function(t)
  local res = login(t, "wrong")
  t.equal(res.status, 200)
  t.equal(res.json.success, false)
  t.equal(res.json.reload, false)
  t.truthy(res.json.message.error[1])
  res = t.http:get(API .. "/sip/getPeersStatuses")
  t.equal(res.status, 401)
  t.equal(res.json.jsonapi, { version = "1.0" })
  t.equal(res.json.errors, { "The user isn't authenticated." })
  t.equal(t.http:get(API .. "/sip/getPeersStatuses", {
    headers = { Cookie = "PHPSESSID=" .. ("0"):rep(64) },
  }).status, 401)
end)

test("ten failures ask to wait", function(t)
  for _ = 1, 10 do login(t, "wrong") end
  local res = login(t)
  t.equal(res.json.success, true)
  t.equal(res.json.reload, "session/index")
  -- The count is the process's: the next file logs in from the same address.
  people.forget("admin", "127.0.0.1")
end)
