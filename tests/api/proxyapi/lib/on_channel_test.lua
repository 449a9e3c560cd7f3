-- proxyapi/lib/on_channel.lua: what is said of a channel and where it is sent.
local client = require "support.proxyapi"
local ask, ringing = client.ask, client.ringing

test("words of Asterisk, of a channel that is not there and of what is missing", function(t)
  local name = ringing(t)
  t.ami:expect("Redirect", { Channel = name, Exten = "0123456" }):reply("error", "Redirect failed")
  t.equal(ask(t, { reqtype = "TRANSFER", channel = name, dest = "012 34-56" }).body, "Error|Redirect failed|")
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = "PJSIP/9", dest = "102" }).body, "Error|No such channel|")
  for _, reqtype in ipairs({ "TRANSFER", "ATXTRANSFER" }) do
    t.equal(ask(t, { reqtype = reqtype, dest = "102" }).body, "Error|No channel specified|")
    t.equal(ask(t, { reqtype = reqtype, channel = name }).body, "Error|No destination specified|")
  end
end)
