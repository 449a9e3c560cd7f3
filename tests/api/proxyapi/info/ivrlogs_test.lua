-- info=IVRLOGS lists what was pressed in menus.
local ask = require("support.proxyapi").ask

test("IVR Logs / Get the IVR logs", function(t)
  t.sql([[INSERT INTO iv_ivrs (iv_id, iv_te_id, iv_name) SELECT 7, te_id, 'Day' FROM te_tenants WHERE te_code = 'DEMO']])
  t.sql([[INSERT INTO il_ivrlogs (il_te_id, il_time, il_uniqueid, il_iv_id, il_callerid, il_key, il_destination)
    SELECT te_id, '2023-05-06 07:08:09', 'srv02-1.1', 7, '0611', '1', 'EXT-5' FROM te_tenants
    WHERE te_code IN ('DEMO', 'OTHER')]])
  local span = { reqtype = "INFO", info = "IVRLOGS", format = "json", start = "2023-01-01", ["end"] = "2024-12-31" }
  t.equal(ask(t, span).json, { { time = "2023-05-06 07:08:09", uniqueid = "srv02-1.1", iv_id = "7", iv_name = "Day",
    callerid = "0611", key = "1", destination = "EXT-5" } })
  t.equal(ask(t, { reqtype = "INFO", info = "IVRLOGS", start = "2024-01-01", ["end"] = "2024-02-01" }).body,
    "time|uniqueid|iv_id|iv_name|callerid|key|destination\n")
end)
