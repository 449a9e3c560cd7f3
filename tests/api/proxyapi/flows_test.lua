-- reqtype=FLOWS reads flows with their states.
local client = require "support.proxyapi"
local ask, flow = client.ask, client.flow

test("named and positional in JSON, doubled in plain", function(t)
  t.equal(ask(t, { reqtype = "FLOWS", format = "json" }).body, "[]")
  flow(t)
  local row = ask(t, { reqtype = "FLOWS", format = "json" }).json[1]
  t.equal(row.fl_id, "61")
  t.equal(row["0"], "61")
  t.equal(row["4"], "600")
  t.equal(row.fl_number, "600")
  local plain = ask(t, { reqtype = "FLOWS" }).body
  t.matches(plain, "^61|61|")
  t.equal(select(2, plain:gsub("|", "")), 36)
end)

test("of the asked tenant, with its lamp", function(t)
  t.sql("INSERT INTO st_states (st_extension, st_state) VALUES ('600-DEMO', 'INUSE')")
  t.equal(ask(t, { reqtype = "FLOWS", format = "json" }).json[1].st_state, "INUSE")
  t.equal(ask(t, { reqtype = "FLOWS", tenant = "OTHER", format = "json" }, t.other_key).body, "[]")
end)
