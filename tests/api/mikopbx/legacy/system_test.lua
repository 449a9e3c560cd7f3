-- system/... of the older API.
local client = require "support.mikopbx_legacy"
local session, API = client.session, client.API

test("ping is open, the date is not", function(t)
  local res = t.http:get(API .. "/system/ping")
  t.equal({ res.status, res.body }, { 200, "PONG" })
  t.equal(t.http:get(API .. "/system/getDate").status, 401)
  local headers = session(t)
  t.equal(type(t.http:get(API .. "/system/getDate", { headers = headers }).json.data.timestamp),
    "number")
end)
