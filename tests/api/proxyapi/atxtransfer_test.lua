-- reqtype=ATXTRANSFER starts an attended transfer.
local client = require "support.proxyapi"
local ask, ringing = client.ask, client.ringing

test("the dialled phone asks first", function(t)
  local name = ringing(t)
  t.ami:expect("Atxfer", { Channel = name, Exten = "102#" })
    :reply("success", { Message = "Atxfer successfully queued" })
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = name, dest = "102" }).body,
    "Success|Atxfer successfully queued|")
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = "PJSIP/9", dest = "102" }).body,
    "Error|No such channel|")
end)
