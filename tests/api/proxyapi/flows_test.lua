-- reqtype=FLOWS reads flows with their states.
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
