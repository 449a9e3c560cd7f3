-- reqtype=SETFLOW switches a flow.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function flow(t)
  t.sql([[INSERT INTO fl_flows (fl_id, fl_te_id, fl_name, fl_number, fl_value, fl_value_for_inuse,
      fl_value_for_notinuse) SELECT 61, te_id, 'Night', '600', '0', '1', '0'
    FROM te_tenants WHERE te_code = 'DEMO']])
end

test("state and value follow each other", function(t)
  flow(t)
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:600-DEMO)", Value = "INUSE" })
    :reply("success")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600", state = "INUSE" }).body, "OK")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61" }).body, "INUSE")
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "61" }).body, "1")
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:600-DEMO)", Value = "NOT_INUSE" })
    :reply("success")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600", value = "0" }).body, "OK")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61", format = "json" }).body,
    "NOT_INUSE")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600" }).body, "")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "1", state = "INUSE" }).body,
    "Error: flow not found")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600", state = "NONSENSE" }).body, "")
end)
