-- info=REGSTATE: where a phone is registered.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function extension(t, number, name)
  local res = t.http:post("/mirtapbx/openapi.php/extensions", {
    query = { key = t.key, tenant = "DEMO" },
    json = { number = number, name = name or ("Phone " .. number), tech = "PJSIP",
      password = "pw-" .. number .. "-DEMO" },
  })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

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
