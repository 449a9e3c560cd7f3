-- reqtype=COUNTPEERS counts registered phones by node.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function contact(t, number)
  t.ami:event("ContactStatus", {
    URI = "sip:" .. number .. "@127.0.0.1:5100", ContactStatus = "Reachable",
    AOR = number .. "-DEMO", EndpointName = number .. "-DEMO", RoundtripUsec = "5871",
  })
end

test("counts the tenant's contacts", function(t)
  t.equal(ask(t, { reqtype = "COUNTPEERS" }).body, "srv01:0|total:0|")
  contact(t, "100")
  t.eventually(function()
    return ask(t, { reqtype = "COUNTPEERS" }).body == "srv01:1|total:1|"
  end)
  t.equal(ask(t, { reqtype = "COUNTPEERS", format = "json" }).json, { srv01 = 1, total = 1 })
  t.equal(ask(t, { reqtype = "COUNTPEERS", tenant = "OTHER" }, t.other_key).body,
    "srv01:0|total:0|")
end)
