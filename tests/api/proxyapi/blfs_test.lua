-- reqtype=BLFS reads lamp states.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

test("the phones of the tenant only, even when another's code ends alike", function(t)
  extension(t, "100")
  t.sql("INSERT INTO st_states (st_extension, st_state) VALUES ('100-X-DEMO', 'INUSE')")
  local rows = ask(t, { reqtype = "BLFS", format = "json" }).json
  t.equal(#rows, 1)
  t.equal(rows[1].st_extension, "100-DEMO")
  t.equal(rows[1]["0"], "100-DEMO")
  t.matches(ask(t, { reqtype = "BLFS" }).body, "^100%-DEMO|100%-DEMO|")
  t.sql("UPDATE st_states SET st_state = 'NOT_INUSE' WHERE st_extension = '100-DEMO'")
  t.equal(ask(t, { reqtype = "BLFS", format = "json" }).json[1].st_state, "NOT_INUSE")
  t.sql("UPDATE ex_extensions SET ex_dnd = 'on' WHERE ex_number = '100'")
  t.equal(ask(t, { reqtype = "BLFS", format = "json" }).json[1].st_state, "BUSY")
end)

test("and its flows", function(t)
  client.lit_flow(t)
  t.sql("INSERT INTO fl_flows (fl_te_id, fl_name, fl_number) SELECT te_id, 'Theirs', '601' FROM te_tenants WHERE te_code = 'OTHER'")
  t.sql("INSERT INTO st_states (st_extension, st_state) VALUES ('601-OTHER', 'INUSE'), ('601-DEMO', 'INUSE')")
  local rows = ask(t, { reqtype = "BLFS", format = "json" }).json
  t.equal({ #rows, rows[2].st_extension, rows[2].st_state }, { 2, "600-DEMO", "INUSE" })
  t.matches(ask(t, { reqtype = "BLFS", tenant = "OTHER" }, t.other_key).body, "^601%-OTHER|601%-OTHER|INUSE|INUSE|")
end)
