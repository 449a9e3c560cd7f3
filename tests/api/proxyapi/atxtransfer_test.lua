-- reqtype=ATXTRANSFER starts an attended transfer.
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

test("the dialled phone asks first", function(t)
  channel(t, "100")
  t.eventually(function() return ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  local name = "PJSIP/100-DEMO-00000001"
  t.ami:expect("Atxfer", { Channel = name, Exten = "102#" })
    :reply("success", { Message = "Atxfer successfully queued" })
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = name, dest = "102" }).body,
    "Success|Atxfer successfully queued|")
  t.equal(ask(t, { reqtype = "ATXTRANSFER", channel = "PJSIP/9", dest = "102" }).body,
    "Error|No such channel|")
end)
