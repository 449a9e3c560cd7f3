-- reqtype=UNREGISTER forgets phones.
local client = require "support.proxyapi"
local ask, contact, extension = client.ask, client.contact, client.extension

local function registered(t, number)
  extension(t, number)
  t.sql([[INSERT INTO ps_contacts (id, uri, endpoint, expiration_time) VALUES (?, 'sip:x@127.0.0.1:5100', ?, 4000000000)]],
    { number .. "-DEMO@1", number .. "-DEMO" })
end

test("one phone, and one that is not there", function(t)
  t.equal(ask(t, { reqtype = "UNREGISTER", peer = "103" }).body, "Error|Peer not found|")
  registered(t, "103")
  registered(t, "104")
  t.ami:expect("Command", { Command = "pjsip reload qualify aor 103-DEMO" }):reply("success", {})
  t.equal(ask(t, { reqtype = "UNREGISTER", peer = "103-DEMO" }).body, "Success|Peer unregistered|")
  t.equal(t.sql("SELECT endpoint FROM ps_contacts WHERE expiration_time > 1"), { { endpoint = "104-DEMO" } })
  t.equal(ask(t, { reqtype = "UNREGISTER", peer = "103" }).body, "Error|Peer not registered|")
  t.matches(ask(t, { reqtype = "UNREGISTER", peer = "104" }, t.read_key).body, "^Too bad")
end)

test("all that are registered, with their number", function(t)
  contact(t, "103")
  extension(t, "105")
  t.eventually(function() return #ask(t, { reqtype = "CHANSIPPEERS", format = "json" }).json > 0 end)
  t.eventually(function()
    t.ami:expect("Command", { Command = "pjsip reload qualify aor 103-DEMO" }):reply("success", {})
    return ask(t, { reqtype = "UNREGISTER", peer = "ALL" }).body == "Success|1 peers unregistered|"
  end)
end)
