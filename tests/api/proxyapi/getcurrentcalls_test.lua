-- reqtype=GETCURRENTCALLS shows the calls of a phone.
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
