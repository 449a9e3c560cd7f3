-- reqtype=ATXTRANSFER starts an attended transfer.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("the dialled phone asks first", function(t)
  channel(t, "100")
  t.eventually(function() return ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  local name = "PJSIP/100-DEMO-00000001"
  t.ami:expect("Atxfer", { Channel = name, Exten = "102#" })
    :reply("success", { Message = "Atxfer successfully queued" })
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = name, dest = "102" }).body,
    "Success|Atxfer successfully queued|")
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = "PJSIP/9", dest = "102" }).body,
    "Error|No such channel|")
end)
