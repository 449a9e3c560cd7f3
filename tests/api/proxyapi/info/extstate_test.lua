-- info=EXTSTATE: what an extension does.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function extension(t, number, name)
  local res = t.http:post("/mirtapbx/openapi.php/extensions", {
    query = { key = t.key, tenant = "DEMO" },
    json = { number = number, name = name or ("Phone " .. number), tech = "PJSIP",
      password = "pw-" .. number .. "-DEMO" },
  })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

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
