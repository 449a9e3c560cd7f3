-- info=REGSTATE: where a phone is registered.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

test("unregistered, then registered", function(t)
  extension(t, "100")
  local query = { reqtype = "INFO", info = "REGSTATE", ext = "100", format = "json" }
  t.equal(ask(t, query).json.state, "Unregistered")
  t.ami:event("ContactStatus", {
    URI = "sip:100@127.0.0.1:5100", ContactStatus = "Reachable", AOR = "100-DEMO",
    EndpointName = "100-DEMO", RoundtripUsec = "5871",
  })
  local res = t.eventually(function()
    local found = ask(t, query)
    return found.json.state == "Registered" and found
  end)
  t.equal(res.json.extension, "100")
  t.equal(res.json.contact, "sip:100@127.0.0.1:5100")
  t.equal(res.json.rtt, "5.871")
  t.matches(ask(t, { reqtype = "INFO", info = "REGSTATE", ext = "100" }).body,
    "^extension|state|contact|address|useragent|expires|rtt|node\n100|Registered|")
end)
