-- reqtype=TRANSFER redirects a channel.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("one channel, and a channel that is not there", function(t)
  channel(t, "100")
  t.eventually(function() return ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  local name = "PJSIP/100-DEMO-00000001"
  t.ami:expect("Redirect", { Channel = name, Exten = "102" })
    :reply("success", { Message = "Redirect successful" })
  t.equal(ask(t, { reqtype = "TRANSFER", channel = name, dest = "102" }).body,
    "Success|Redirect successful|")
  t.equal(ask(t, { reqtype = "TRANSFER", channel = "PJSIP/9", dest = "102" }).body,
    "Error|No such channel|")
  t.equal(ask(t, { reqtype = "TRANSFER", channel = name }).body,
    "Error|No destination specified|")
end)
