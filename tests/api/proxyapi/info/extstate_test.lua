-- info=EXTSTATE: what an extension does.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

test("not registered, then talking", function(t)
  extension(t, "100")
  local res = ask(t, { reqtype = "INFO", info = "EXTSTATE", ext = "100", format = "json" })
  t.equal(res.json.UniqueID, "KO")
  t.equal(res.json.LinkedID, "Extension not registered")
  t.ami:event("Newchannel", {
    Channel = "PJSIP/100-DEMO-00000001", ChannelState = "6", ChannelStateDesc = "Up",
    CallerIDNum = "100", CallerIDName = "", ConnectedLineNum = "101", ConnectedLineName = "Ann",
    AccountCode = "DEMO", Context = "authenticated", Exten = "101", Priority = "1",
    Uniqueid = "srv01-1.1", Linkedid = "srv01-1.1",
  })
  res = t.eventually(function()
    local found = ask(t, { reqtype = "INFO", info = "EXTSTATE", ext = "100", format = "json" })
    return found.json.UniqueID == "srv01-1.1" and found
  end)
  t.equal(res.json["Connected Line ID"], "101")
  t.equal(res.json["Connected Line ID Name"], "Ann")
  t.matches(ask(t, { reqtype = "INFO", info = "extstate", ext = "100" }).body,
    "^srv01%-1%.1|srv01%-1%.1|101|Ann|")
  t.contains(ask(t, { reqtype = "INFO", info = "EXTSTATE", ext = "100", format = "xml" }).body,
    "<Result><UniqueID>srv01-1.1</UniqueID><LinkedID>srv01-1.1</LinkedID><Connected_Line_ID>101<")
  t.matches(ask(t, { reqtype = "INFO", info = "EXTSTATE", ext = "100", format = "csv" }).body,
    '^UniqueID,LinkedID,"Connected Line ID",')
  t.equal(ask(t, { reqtype = "INFO", info = "EXTSTATE", ext = "999" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "EXTSTATE" }).body, "\r\n")
end)
