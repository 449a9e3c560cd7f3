-- reqtype=COUNTCHANNELS counts by node.
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

test("counts by node with a total", function(t)
  channel(t, "100")
  t.eventually(function()
    return ask(t, { reqtype = "COUNTCHANNELS" }).body == "srv01:1|total:1|"
  end)
  local res = ask(t, { reqtype = "COUNTCHANNELS", format = "json" })
  t.equal(res.json, { srv01 = 1, total = 1 })
  t.equal(ask(t, { reqtype = "COUNTCHANNELS", nodename = "srv01" }).body, "1")
  t.equal(ask(t, { reqtype = "COUNTCHANNELS", nodename = "nowhere", format = "json" }).json,
    { nowhere = 0 })
  t.equal(ask(t, { reqtype = "COUNTCHANNELS", tenant = "OTHER", nodename = "srv01" },
    t.other_key).body, "0")
end)
