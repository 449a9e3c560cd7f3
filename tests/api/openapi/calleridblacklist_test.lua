-- OpenAPI calleridblacklist.
local call = require("support.openapi").call

test("an entry gets its date, in a tenant and globally", function(t)
  local res = call(t, "post", "/blacklist?tenant=DEMO", { callerid = "555", reason = "spam" })
  t.equal(res.status, 201, res.body)
  t.matches(res.json.bl_inserted, "^%d%d%d%d%-%d%d%-%d%d ")
  t.equal(call(t, "post", "/calleridblacklists?global=1", { callerid = "556" }, t.global_key).status, 201)
  t.equal(#call(t, "get", "/calleridblacklists?tenant=DEMO").json, 1)
end)
