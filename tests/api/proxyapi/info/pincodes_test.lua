-- info=PINCODES lists codes.
local ask = require("support.proxyapi").ask

test("of one tenant, and of all", function(t)
  t.sql([[INSERT INTO pc_pincodes (pc_te_id, pc_pin, pc_description, pc_enabled)
    SELECT te_id, '4711', 'Abroad', 'on' FROM te_tenants WHERE te_code IN ('DEMO', 'OTHER')]])
  t.matches(ask(t, { reqtype = "INFO", info = "pincodes" }).body,
    "^id|pin|description|enabled|tenant\n%d+|4711|Abroad|on|DEMO\n$")
  local all = ask(t, { reqtype = "INFO", info = "PINCODES", tenant = "", format = "json" }, t.global_key).json
  t.equal({ #all, all[1].tenant, all[2].tenant }, { 2, "DEMO", "OTHER" })
end)
