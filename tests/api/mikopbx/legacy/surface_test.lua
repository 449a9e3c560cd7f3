-- The MikoPBX API before v3: addresses, the envelope, who gets in.
local client = require "support.mikopbx_legacy"
local API = "/pbxcore/api"

test("the cabinet's pages are under its own address only", function(t)
  t.equal(t.http:post(API .. "/session/start", { form = { login = "admin" } }).status, 404)
  t.equal(t.http:get("/admin-cabinet/sip/getRegistry").status, 404)
end)

test("a bearer key of v3 serves as well, and the meta hash covers the body", function(t)
  local crypto = require "crypto"
  local res = t.http:get(API .. "/sip/getRegistry",
    { headers = { Authorization = "Bearer " .. t.key } })
  t.equal(res.status, 200)
  t.matches(res.body, '^{"jsonapi":{"version":"1%.0"},"result":true,"data":%[%],"messages":%[%],')
  local before = res.body:gsub(',"meta":.*$', "}")
  t.equal(res.json.meta.hash, crypto.sha1(res.json.meta.timestamp .. before))
end)

test("what only the original's machine has is refused by its name", function(t)
  local headers = client.session(t)
  local res = t.http:get("/pbxcore/api/storage/usage", { headers = headers })
  t.equal({ res.status, res.json.result, res.json.messages.error, res.json["function"] },
    { 200, false, { "Action 'usage' is not done here: the machine is its operator's" }, "usage" })
  t.equal(t.http:get("/pbxcore/api/storage/usage").status, 401)
  t.equal(t.http:get("/pbxcore/api/nothing/usage", { headers = headers }).status, 404)
end)
