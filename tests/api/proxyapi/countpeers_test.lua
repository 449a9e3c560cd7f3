-- reqtype=COUNTPEERS counts registered phones by node.
local client = require "support.proxyapi"
local ask, contact = client.ask, client.contact

test("counts the tenant's contacts", function(t)
  t.equal(ask(t, { reqtype = "COUNTPEERS" }).body, "srv01:0|total:0|")
  contact(t, "100")
  t.eventually(function()
    return ask(t, { reqtype = "COUNTPEERS" }).body == "srv01:1|total:1|"
  end)
  t.equal(ask(t, { reqtype = "COUNTPEERS", format = "json" }).json, { srv01 = 1, total = 1 })
  t.equal(ask(t, { reqtype = "COUNTPEERS", tenant = "OTHER" }, t.other_key).body,
    "srv01:0|total:0|")
end)
