-- info=VARIABLE is the bare value.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function flow(t)
  t.sql([[INSERT INTO fl_flows (fl_id, fl_te_id, fl_name, fl_number, fl_value)
    SELECT 61, te_id, 'Night', '600', '7' FROM te_tenants WHERE te_code = 'DEMO']])
  t.sql("INSERT INTO st_states (st_extension, st_state) VALUES ('600-DEMO', 'INUSE')")
end

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
