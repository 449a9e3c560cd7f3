-- reqtype=COUNTCALLS counts running calls.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("a call of the tenant is counted, for others it is not there", function(t)
  channel(t, "100")
  t.eventually(function() return ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  local res = ask(t, { reqtype = "COUNTCALLS", format = "json" })
  t.equal(res.json, { calls = 1 })
  t.equal(res.headers["content-type"], "application/json")
  t.equal(ask(t, { reqtype = "COUNTCALLS", tenant = "OTHER" }, t.other_key).body, "0")
  t.equal(ask(t, { reqtype = "COUNTCALLS", tenant = "" }, t.global_read_key).body, "1")
end)

test("xml and csv of a value", function(t)
  t.contains(ask(t, { reqtype = "COUNTCALLS", format = "xml" }).body, "<calls>1</calls>")
end)
