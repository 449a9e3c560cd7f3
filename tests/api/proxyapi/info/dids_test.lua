-- info=DIDS lists numbers with their owner.
local ask = require("support.proxyapi").ask

local function did(t, number, te)
  t.sql([[INSERT INTO di_dids (di_te_id, di_country, di_area, di_number, di_comment)
    SELECT te_id, '39', '06', ?, 'Desk' FROM te_tenants WHERE te_code = ?]], { number, te })
end

test("one tenant, all tenants, positional keys", function(t)
  did(t, "123", "DEMO")
  did(t, "456", "OTHER")
  local res = ask(t, { reqtype = "INFO", info = "DIDS" })
  t.matches(res.body, "^Country|Area|Number|Tenant|Comment|Recording|Faxstation ID|FAX Email|"
    .. "Max Channels|Recording EMail|SMS Email\n39|06|123|DEMO|Desk|")
  local rows = ask(t, { reqtype = "INFO", info = "DIDS", format = "json" }).json
  t.equal(#rows, 1)
  t.equal({ rows[1]["2"], rows[1]["3"], rows[1]["4"], rows[1]["5"] },
    { "39", "06", "123", "Desk" })
  t.equal(rows[1].te_code, "DEMO")
  t.equal(#ask(t, { reqtype = "INFO", info = "DIDS", format = "json", tenant = "" },
    t.global_read_key).json, 2)
end)

test("how to reach a tenant's recordings is not for tenant keys", function(t)
  t.sql("UPDATE te_tenants SET te_recordingpassword = 'hidden-word'")
  local query = { reqtype = "INFO", info = "DIDS", format = "json" }
  t.equal(ask(t, query).body:find("hidden-word", 1, true), nil)
  t.contains(ask(t, query, t.global_key).body, "hidden-word")
end)
