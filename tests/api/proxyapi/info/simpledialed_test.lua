-- info=SIMPLEDIALED counts calls by extension.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

local function record(t, direction, from, to, disposition, who)
  t.sql([[INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_direction, sc_calleridnum, sc_dialednum, sc_disposition,
      sc_billsec, sc_whoanswered) SELECT te_id, '2026-01-02 03:04:05', ?, ?, ?, ?, ?, ?
    FROM te_tenants WHERE te_code = 'DEMO']], { direction, from, to, disposition, who and 30 or 0, who or "" })
end

test("in, out and inside, and nobody else's", function(t)
  extension(t, "103")
  extension(t, "104")
  record(t, "OUT", "103", "0611", "ANSWERED", "0611")
  record(t, "LOCAL", "103", "104", "ANSWERED", "104-DEMO")
  record(t, "IN", "0611", "104", "NO ANSWER")
  record(t, "IN", "0611", "999", "NO ANSWER")
  local span = { reqtype = "INFO", info = "simpledialed", start = "2026-01-01", ["end"] = "2026-01-31" }
  t.equal(ask(t, span).body, "extension|in|out|answered|talktime\n103|0|2|2|60\n104|2|0|1|30\n")
  span.start, span["end"] = "2025-01-01", "2025-01-31"
  t.equal(ask(t, span).body, "extension|in|out|answered|talktime\n")
end)
