-- reqtype=CHANNELS lists channels.
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

test("header and rows, an array in JSON", function(t)
  t.equal(ask(t, { reqtype = "CHANNELS", format = "json" }).body, "[]")
  channel(t, "100")
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "CHANNELS", format = "json" })
    return #res.json == 1 and res
  end)
  t.equal(res.json[1].channel, "PJSIP/100-DEMO-00000001")
  t.equal(res.json[1].state, "Up")
  t.equal(res.json[1].uniqueid, "srv01-1.1")
  local plain = ask(t, { reqtype = "CHANNELS" }).body
  t.matches(plain, "^Node|Channel|Context|Extension|Priority|State|Application|Data|CallerID|"
    .. "AccountCode|PeerAccount|AMAFlags|Duration|BridgeID|UniqueID\n")
  t.contains(plain, "srv01|PJSIP/100-DEMO-00000001|")
  t.contains(ask(t, { reqtype = "CHANNELS", format = "xml" }).body,
    "<channel>PJSIP/100-DEMO-00000001</channel>")
  t.equal(ask(t, { reqtype = "CHANNELS", format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)
