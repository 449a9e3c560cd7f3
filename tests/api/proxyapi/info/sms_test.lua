-- info=SMS lists messages.
local ask = require("support.proxyapi").ask

test("of a span of time, of one tenant", function(t)
  t.sql([[INSERT INTO sm_smses (sm_te_id, sm_date, sm_direction, sm_source, sm_dest, sm_message, sm_status, sm_uniqueid)
    SELECT te_id, '2026-01-02 03:04:05', 'IN', '0611', '101', 'Hello|you', 'RECEIVED', 'srv01-9.9' FROM te_tenants
    WHERE te_code IN ('DEMO', 'OTHER')]])
  local span = { reqtype = "INFO", info = "sms", start = "2026-01-01", ["end"] = "2026-01-31" }
  t.matches(ask(t, span).body, "^id|date|direction|source|dest|message|status|uniqueid\n"
    .. "%d+|2026%-01%-02 03:04:05|IN|0611|101|Hello you|RECEIVED|srv01%-9%.9\n$")
  span.tenant = ""
  t.equal(#ask(t, { reqtype = "INFO", info = "SMS", tenant = "", start = "2026-01-01", ["end"] = "2026-01-31",
    format = "json" }, t.global_key).json, 2)
end)
