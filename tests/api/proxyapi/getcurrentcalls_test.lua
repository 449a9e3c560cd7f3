-- reqtype=GETCURRENTCALLS shows the calls of a phone.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("the first call, all calls, and none", function(t)
  t.equal(ask(t, { reqtype = "GETCURRENTCALLS", phone = "100", format = "json" }).body, "{}")
  channel(t, "100")
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "GETCURRENTCALLS", phone = "100", format = "json" })
    return res.json.Channel and res
  end)
  t.equal(res.json.Direction, "OUT")
  t.equal(res.json.CallerIDNum, "100")
  res = ask(t, { reqtype = "GETCURRENTCALLS", phone = "100-DEMO", multiple = "yes",
    format = "json" })
  t.equal(#res.json, 1)
  local plain = ask(t, { reqtype = "GETCURRENTCALLS", phone = "101" }).body
  t.equal(plain, "Channel|UniqueID|LinkedID|Direction|CallerIDNum|CallerIDName|ConnectedLineNum|"
    .. "ConnectedLineName|Context|Extension|State|Duration\n")
end)
