-- reqtype=CHANSIPPEERS lists phones with eleven columns.
local client = require "support.proxyapi"
local ask, contact = client.ask, client.contact

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
