-- reqtype=COUNTCHANNELS counts by node.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("counts by node with a total", function(t)
  channel(t, "100")
  t.eventually(function()
    return ask(t, { reqtype = "COUNTCHANNELS" }).body == "srv01:1|total:1|"
  end)
  local res = ask(t, { reqtype = "COUNTCHANNELS", format = "json" })
  t.equal(res.json, { srv01 = 1, total = 1 })
  t.equal(ask(t, { reqtype = "COUNTCHANNELS", nodename = "srv01" }).body, "1")
  t.equal(ask(t, { reqtype = "COUNTCHANNELS", nodename = "nowhere", format = "json" }).json,
    { nowhere = 0 })
  t.equal(ask(t, { reqtype = "COUNTCHANNELS", tenant = "OTHER", nodename = "srv01" },
    t.other_key).body, "0")
end)
