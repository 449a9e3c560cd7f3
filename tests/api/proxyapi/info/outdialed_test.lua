-- info=OUTDIALED lists phones that placed a call.
local client = require "support.proxyapi"
local ask = client.ask

test("who placed a call, and not who is rung", function(t)
  local function get(format) return ask(t, { reqtype = "INFO", info = "outdialed", format = format }) end
  t.equal({ get().body, get("json").body }, { "", "{}" })
  client.channel(t, "103")
  client.channel(t, "104", { Channel = "PJSIP/104-DEMO-00000002", Uniqueid = "srv01-1.2" })
  t.ami:event("Newexten", { Channel = "PJSIP/104-DEMO-00000002", Uniqueid = "srv01-1.2", Application = "AppDial",
    AppData = "(Outgoing Line)", Context = "x", Extension = "s", Priority = "1" })
  t.ami:event("DeviceStateChange", { Device = "PJSIP/103-DEMO", State = "INUSE" })
  t.eventually(function() return get().body == "103-DEMO:INUSE|" end)
  t.equal(get("json").json, { ["103-DEMO"] = { STATE = "INUSE" } })
end)
