-- info=FLOW is the bare state word.
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

test("the same in every format, nothing for a miss", function(t)
  flow(t)
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61" }).body, "INUSE")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61", format = "json" }).body, "INUSE")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "62" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61", tenant = "OTHER" },
    t.other_key).body, "")
end)
