-- reqtype=CHANNEL shows one channel as pairs.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("pairs in JSON, one line in plain, [] for a miss", function(t)
  channel(t, "100")
  local name = "PJSIP/100-DEMO-00000001"
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "CHANNEL", channel = name, format = "json" })
    return #res.json > 0 and res
  end)
  t.equal(res.json[1], { "Name", name })
  t.contains(ask(t, { reqtype = "CHANNEL", channel = name }).body, "UniqueID:srv01-1.1|")
  t.equal(ask(t, { reqtype = "CHANNEL", channel = "PJSIP/9", format = "json" }).body, "[]")
  t.equal(ask(t, { reqtype = "CHANNEL", channel = name, format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)
