-- info=FAX tells how one fax went.
local ask = require("support.proxyapi").ask

test("by the unique id of its call, or the id of its originate", function(t)
  t.sql([[INSERT INTO fa_faxes (fa_te_id, fa_uniqueid, fa_originateid, fa_date, fa_direction, fa_source, fa_dest, fa_pages,
      fa_pagestransferred, fa_status, fa_error) SELECT te_id, 'srv01-3.3', '15a4cfe6429054', '2026-01-02 03:04:05', 'IN',
      '0611', '0733', 2, 1, 'FAILED', 'lost' FROM te_tenants WHERE te_code = 'DEMO']])
  for _, id in ipairs({ "srv01-3.3", "15a4cfe6429054" }) do
    t.matches(ask(t, { reqtype = "INFO", info = "fax", id = id }).body,
      "^id|uniqueid|date|direction|source|dest|pages|pagestransferred|status|error\n%d+|srv01%-3%.3|[^|]+|IN|0611|0733|2|1|FAILED|lost\n$")
  end
  t.equal(ask(t, { reqtype = "INFO", info = "fax" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "fax", id = "srv01-3.3", tenant = "OTHER" }, t.other_key).body, "")
end)
