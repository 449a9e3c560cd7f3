-- proxyapi/lib/listed.lua: what one SELECT finds, by way of PIN codes, lamps and messages.
local client = require "support.proxyapi"
local ask = client.ask

test("rows by the names of their columns, of the tenant alone", function(t)
  t.sql("INSERT INTO pc_pincodes (pc_te_id, pc_pin, pc_description, pc_enabled) VALUES (1, '4711', 'Door', 'yes'), "
    .. "(2, '4712', 'Gate', 'yes')")
  local rows = ask(t, { reqtype = "INFO", info = "PINCODES", format = "json" }).json
  t.equal({ #rows, rows[1].pin, rows[1].description, rows[1]["0"] }, { 1, "4711", "Door", nil })
end)

test("twice, where it is written so", function(t)
  client.lit_flow(t)
  local query = { reqtype = "BLFS", format = "json" }
  local row = ask(t, query).json[1]
  t.equal({ row.st_extension, row["0"], row["1"] }, { "600-DEMO", "600-DEMO", "INUSE" })
  query.format = nil
  t.matches(ask(t, query).body, "^600%-DEMO|600%-DEMO|INUSE|INUSE|")
end)
