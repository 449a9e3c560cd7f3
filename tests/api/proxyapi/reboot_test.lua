-- reqtype=REBOOT has phones start anew.
local client = require "support.proxyapi"
local ask, contact, extension = client.ask, client.contact, client.extension

local function registered(t, number)
  extension(t, number)
  contact(t, number)
  t.eventually(function()
    return ask(t, { reqtype = "INFO", info = "regstate", ext = number }).body:find("|Registered", 1, true)
  end)
end

test("one phone, one that is not there, and none", function(t)
  t.equal(ask(t, { reqtype = "REBOOT" }).body, "")
  t.equal(ask(t, { reqtype = "REBOOT", peer = "103" }).body, "Error|Peer not found|")
  extension(t, "104")
  t.equal(ask(t, { reqtype = "REBOOT", peer = "104" }).body, "Error|Peer not registered|")
  registered(t, "103")
  for _, peer in ipairs({ "103", "103-DEMO" }) do
    t.ami:expect("PJSIPNotify", { Endpoint = "103-DEMO" }):reply("success", { Message = "NOTIFY sent" })
    t.equal(ask(t, { reqtype = "REBOOT", peer = peer }).body, "Success|NOTIFY sent|")
  end
  t.matches(ask(t, { reqtype = "REBOOT", peer = "103" }, t.read_key).body, "^Too bad")
  t.equal(ask(t, { reqtype = "REBOOT", peer = "103-DEMO", tenant = "OTHER" }, t.other_key).body,
    "Error|Peer not found|")
end)

test("all that are registered, a line each", function(t)
  contact(t, "104")
  t.eventually(function()
    return ask(t, { reqtype = "INFO", info = "regstate", ext = "104" }).body:find("|Registered", 1, true)
  end)
  extension(t, "105")
  t.ami:expect("PJSIPNotify", { Endpoint = "103-DEMO" }):reply("success", { Message = "NOTIFY sent" })
  t.ami:expect("PJSIPNotify", { Endpoint = "104-DEMO" }):reply("error", "Unable to retrieve requested endpoint")
  t.equal(ask(t, { reqtype = "REBOOT", peer = "ALL", format = "json" }).json,
    { { Response = "Success", Message = "NOTIFY sent" },
      { Response = "Error", Message = "Unable to retrieve requested endpoint" } })
  t.ami:expect("PJSIPNotify", { Endpoint = "103-DEMO" }):reply("success", { Message = "NOTIFY sent" })
  t.ami:expect("PJSIPNotify", { Endpoint = "104-DEMO" }):reply("success", { Message = "NOTIFY sent" })
  t.equal(ask(t, { reqtype = "REBOOT", peer = "all", tenant = "" }, t.global_key).body,
    "Success|NOTIFY sent|\nSuccess|NOTIFY sent|\n")
end)
