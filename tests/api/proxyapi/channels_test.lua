-- reqtype=CHANNELS lists channels.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("header and rows, an array in JSON", function(t)
  t.equal(ask(t, { reqtype = "CHANNELS", format = "json" }).body, "[]")
  channel(t, "100")
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "CHANNELS", format = "json" })
    return #res.json == 1 and res
  end)
  t.equal(res.json[1].channel, "PJSIP/100-DEMO-00000001")
  t.equal(res.json[1].state, "Up")
  t.equal(res.json[1].uniqueid, "srv01-1.1")
  local plain = ask(t, { reqtype = "CHANNELS" }).body
  t.matches(plain, "^Node|Channel|Context|Extension|Priority|State|Application|Data|CallerID|"
    .. "AccountCode|PeerAccount|AMAFlags|Duration|BridgeID|UniqueID\n")
  t.contains(plain, "srv01|PJSIP/100-DEMO-00000001|")
  t.contains(ask(t, { reqtype = "CHANNELS", format = "xml" }).body,
    "<channel>PJSIP/100-DEMO-00000001</channel>")
  t.equal(ask(t, { reqtype = "CHANNELS", format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)
