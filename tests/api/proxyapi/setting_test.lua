-- reqtype=SETTING reads and changes settings.
local ask = require("support.proxyapi").ask

test("set, then get in plain and JSON", function(t)
  local function setting(query, key)
    query.reqtype = "SETTING"
    return ask(t, query, key)
  end
  t.equal(setting({ action = "SET", code = "VMAUTORECOVER", value = "no" }).body, "OK")
  t.equal(setting({ action = "GET", code = "VMAUTORECOVER" }).body, "no")
  t.equal(setting({ action = "get", name = "VMAUTORECOVER", format = "json" }).json,
    { code = "VMAUTORECOVER", value = "no" })
  t.equal(setting({ action = "SET", code = "VMAUTORECOVER", value = "yes", format = "json" }).json,
    { Response = "Success", Message = "OK" })
  t.equal(setting({ action = "GET", code = "VMAUTORECOVER" }).body, "yes")
  t.equal(setting({ action = "GET", code = "NONSENSE" }).body, "")
  t.matches(setting({ action = "SET", code = "VMAUTORECOVER", value = "x" }, t.read_key).body,
    "^Too bad")
  t.matches(setting({ action = "GET", code = "APIKEY" }, t.read_key).body, "^Too bad")
end)

test("without a tenant an administrator changes the global level", function(t)
  t.equal(ask(t, { reqtype = "SETTING", action = "SET", code = "WEBCALLS", value = "on",
    tenant = "" }, t.global_key).body, "OK")
  t.equal(t.sql("SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'WEBCALLS'")
    [1].se_value, "on")
end)
