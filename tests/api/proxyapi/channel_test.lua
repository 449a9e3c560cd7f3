-- reqtype=CHANNEL shows one channel as pairs.
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

test("pairs in JSON, one line in plain, [] for a miss", function(t)
  channel(t, "100")
  local name = "PJSIP/100-DEMO-00000001"
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "CHANNEL", channel = name, format = "json" })
    return #res.json > 0 and res
  end)
  t.equal(res.json[1], { "Name", name })
  t.contains(ask(t, { reqtype = "CHANNEL", channel = name }).body, "UniqueID:srv01-1.1|")
  t.equal(ask(t, { reqtype = "CHANNEL", channel = "PJSIP/9", format = "json" }).body, "[]")
  t.equal(ask(t, { reqtype = "CHANNEL", channel = name, format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)
