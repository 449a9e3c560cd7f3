-- MANAGEDB object customtype.
local function ask(t, query)
  query.reqtype, query.key, query.tenant = "MANAGEDB", query.key or t.read_key, query.tenant or "DEMO"
  return t.http:get("/mirtapbx/proxyapi.php", { query = query })
end

test("the kinds of custom destinations", function(t)
  local list = ask(t, { object = "CUSTOMTYPES", action = "list" }).json
  t.equal(list["1"].ct_id, "1")
  t.equal(ask(t, { object = "customtype", action = "get", objectid = 1 }).json.ct_name,
    list["1"].ct_name)
  t.equal(ask(t, { object = "customtype", action = "get", objectid = 999 }).body, "")
  t.equal(ask(t, { object = "customtype", action = "add", key = t.key }).body, "")
end)
