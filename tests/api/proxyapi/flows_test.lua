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
