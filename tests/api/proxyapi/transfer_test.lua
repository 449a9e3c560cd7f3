-- reqtype=TRANSFER redirects a channel.
local client = require "support.proxyapi"
local ask, ringing = client.ask, client.ringing

test("one channel, and a channel that is not there", function(t)
  local name = ringing(t)
  t.ami:expect("Redirect", { Channel = name, Exten = "102" })
    :reply("success", { Message = "Redirect successful" })
  t.equal(ask(t, { reqtype = "TRANSFER", channel = name, dest = "102" }).body,
    "Success|Redirect successful|")
  t.equal(ask(t, { reqtype = "TRANSFER", channel = "PJSIP/9", dest = "102" }).body,
    "Error|No such channel|")
  t.equal(ask(t, { reqtype = "TRANSFER", channel = name }).body,
    "Error|No destination specified|")
end)
