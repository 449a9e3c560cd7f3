-- reqtype=HANGUP ends calls.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("by extension, by number, and a miss", function(t)
  t.equal(ask(t, { reqtype = "HANGUP", extension = "103-DEMO" }).body, "Error|No such channel|")
  t.equal(ask(t, { reqtype = "HANGUP" }).body, "Error|No channel specified|")
  channel(t, "103")
  t.eventually(function() return ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  t.matches(ask(t, { reqtype = "HANGUP", channel = "PJSIP/103-DEMO-00000001", tenant = "OTHER" },
    t.other_key).body, "^Error|No such channel|")
  t.ami:expect("Hangup", { Channel = "PJSIP/103-DEMO-00000001" })
    :reply("success", { Message = "Channel Hungup" })
  t.equal(ask(t, { reqtype = "HANGUP", extension = "103-DEMO" }).body,
    "Success|Channel Hungup|")
end)

-- Its channels are unknown then: "No such channel" told callers that the call had ended.
test("a node that is away is said", function(t)
  t.log:expect("^warn ami node is away")
  t.ami:hang_up()
  for _, it in ipairs({
    { reqtype = "HANGUP", extension = "104-DEMO" }, { reqtype = "HANGUP", channel = "PJSIP/104-DEMO-1" },
    { reqtype = "TRANSFER", channel = "PJSIP/104-DEMO-1", dest = "100" },
  }) do
    t.eventually(function() return ask(t, it).body:find("^Error|asterisk node srv01 is down") end)
  end
end)
