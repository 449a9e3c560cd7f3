-- reqtype=CDR reads and extends the user field.
local ask = require("support.proxyapi").ask

test("get, append, and a miss", function(t)
  t.sql([[INSERT INTO cdr (ID, "start", uniqueid, linkedid, userfield, te_id, accountcode)
    SELECT 1, '2026-01-02 03:04:05', 'srv02-1.1', 'srv02-1.1', '[inbound]', te_id, te_code
    FROM te_tenants WHERE te_code = 'DEMO']])
  local function cdr(query, key)
    query.reqtype, query.uniqueid = "CDR", query.uniqueid or "srv02-1.1"
    return ask(t, query, key)
  end
  t.equal(cdr({ action = "GET", field = "userfield" }).body, "[inbound]")
  t.equal(cdr({ action = "UPDATE", field = "userfield", value = "note" }).body, "OK")
  t.equal(cdr({ action = "GET", field = "userfield", format = "json" }).body, "[inbound]note")
  t.equal(cdr({ action = "GET", uniqueid = "none" }).body, "")
  t.equal(cdr({ action = "GET", field = "src" }).body, "")
  t.equal(cdr({ action = "GET", tenant = "OTHER" }, t.other_key).body, "")
  t.equal(cdr({ action = "UPDATE", value = "x", tenant = "OTHER" }, t.other_key).body, "")
  t.matches(cdr({ action = "UPDATE", value = "x" }, t.read_key).body, "^Too bad")
end)
