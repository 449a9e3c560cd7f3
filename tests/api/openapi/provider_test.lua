-- OpenAPI provider: a trunk with its realtime rows.
local told = require("support.trunk").told
local call = require("support.openapi").global_call

test("a PJSIP provider owns its rows", function(t)
  told(t, "contact", "carrier")
  local res = call(t, "post", "/providers", { name = "Carrier", peername = "carrier", host = "192.0.2.1",
    username = "acc", password = "pw", codecs = { "alaw", "g722" } })
  t.equal(res.status, 201, res.body)
  t.equal(t.sql("SELECT context, allow FROM ps_endpoints WHERE id = 'carrier'")[1], { context = "fromoutside", allow = "alaw,g722" })
  t.equal(t.sql("SELECT username, password FROM ps_auths WHERE id = 'carrier'")[1], { username = "acc", password = "pw" })
  t.equal(call(t, "get", "/providers/" .. res.json.id, nil, t.global_read_key).json.related.auth.password, nil)
  told(t, "contact", "carrier")
  call(t, "patch", "/providers/" .. res.json.id, { tech = "DAHDI" })
  t.equal(#t.sql("SELECT 1 FROM ps_endpoints WHERE id = 'carrier'"), 0, "another technology drops them")
end)

test("a trunk cannot take the name of a phone", function(t)
  t.equal(call(t, "post", "/providers", { name = "X", peername = "100-DEMO" }).status, 409)
end)
