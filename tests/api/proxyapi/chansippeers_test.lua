-- reqtype=CHANSIPPEERS lists phones with eleven columns.
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

test("a registered phone in both names of the request", function(t)
  contact(t, "100")
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "CHANSIPPEERS", format = "json" })
    return #res.json == 1 and res
  end)
  local peer = res.json[1]
  t.equal(peer.Name, "100-DEMO")
  t.equal(peer.Host, "127.0.0.1")
  t.equal(peer.Port, "5100")
  t.equal(peer.Status, "OK (5 ms)")
  local plain = ask(t, { reqtype = "PEERS" }).body
  t.matches(plain, "^node|Name|Host|Dyn|Forcerport|Comedia|ACL|Port|Status|Description|Realtime\n")
  t.contains(plain, "srv01|100-DEMO|127.0.0.1|D|")
end)
