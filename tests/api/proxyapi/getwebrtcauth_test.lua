-- reqtype=GETWEBRTCAUTH tells browser phones how to register.
local client = require "support.proxyapi"

local function ask(t, query)
  query.reqtype = "GETWEBRTCAUTH"
  return client.ask(t, query)
end

test("for the web user of an extension that may", function(t)
  client.extension(t, "103", "Ann")
  t.sql("UPDATE ex_extensions SET ex_webuser = 'ann', ex_webpassword = 'web' WHERE ex_number = '103'")
  t.equal(ask(t, { username = "ann", password = "web" }).body, "Error|WebRTC is not enabled|")
  t.equal(ask(t, { username = "ann", password = "no" }).body, "Error|Authentication failed|")
  t.equal(ask(t, { username = "admin", password = "admin" }).body, "Error|Authentication failed|")
  t.sql("UPDATE ex_extensions SET ex_webphone = 'on' WHERE ex_number = '103'")
  local it = ask(t, { username = "ann", password = "web", format = "json" }).json
  t.equal({ it.Response, it.username, it.password, it.domain, it.websocket, it.number, it.tenant, it.displayname },
    { "Success", "103-DEMO", "pw-103-DEMO", "127.0.0.1", "wss://127.0.0.1:8089/ws", "103", "DEMO", "Ann" })
  t.matches(ask(t, { username = "ann", password = "web" }).body, "^Response:Success|username:103%-DEMO|password:")
end)
