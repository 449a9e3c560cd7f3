-- reqtype=COUNTCALLS counts running calls.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

-- One phone that rings, as Asterisk tells of it.
local function channel(t, number, more)
  local fields = {
    Channel = "PJSIP/" .. number .. "-DEMO-00000001", ChannelState = "6",
    ChannelStateDesc = "Up", CallerIDNum = number, CallerIDName = "Phone " .. number,
    ConnectedLineNum = "101", ConnectedLineName = "Ann", AccountCode = "DEMO",
    Context = "authenticated", Exten = "101", Priority = "1",
    Uniqueid = "srv01-1.1", Linkedid = "srv01-1.1",
  }
  for name, value in pairs(more or {}) do fields[name] = value end
  t.ami:event("Newchannel", fields)
end

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
