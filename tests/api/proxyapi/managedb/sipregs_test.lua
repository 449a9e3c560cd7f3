-- MANAGEDB object sipregs.
local client = require "support.proxyapi"
local ask, contact, extension = client.ask, client.contact, client.extension

test("the phones that are registered", function(t)
  local function list(format)
    return ask(t, { reqtype = "MANAGEDB", object = "sipregs", action = "list", format = format })
  end
  extension(t, "103")
  extension(t, "104")
  t.equal(list().body, "{}")
  contact(t, "103")
  t.eventually(function() return (list().json or {})["103-DEMO"] end)
  local it = list().json["103-DEMO"]
  t.equal({ it.name, it.ipaddr, it.port, it.lastms, it.status }, { "103-DEMO", "127.0.0.1", "5100", "6", "Reachable" })
  t.matches(list("xml").body, "<name>103%-DEMO</name>")
  t.equal(list().json["104-DEMO"], nil)
end)
