-- info=VARIABLE is the bare value.
local client = require "support.proxyapi"
local ask, flow = client.ask, client.lit_flow

test("of a flow, of a tenant variable, of nothing", function(t)
  flow(t)
  t.sql([[INSERT INTO tv_tenantvariables (tv_id, tv_te_id, tv_al_id, tv_value)
    SELECT 70, te_id, 1, 'it' FROM te_tenants WHERE te_code = 'DEMO']])
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "61" }).body, "7")
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "70", format = "json" }).body, "it")
  t.equal(ask(t, { reqtype = "INFO", info = "variable" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "70", tenant = "OTHER" },
    t.other_key).body, "")
end)

-- A flow of the same id hid it, and nothing else tells a variable.
test("a variable with the id of a flow", function(t)
  t.sql([[INSERT INTO tv_tenantvariables (tv_id, tv_te_id, tv_al_id, tv_value)
    SELECT 61, te_id, 2, 'de' FROM te_tenants WHERE te_code = 'DEMO']])
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "61" }).body, "de")
end)
