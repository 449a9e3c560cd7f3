-- MANAGEDB object custom.
local call = require("support.managedb").calls("custom")

local FIELDS = [[{"cu_name":"Boss phone",
  "cu_ct_id":1,
  "cu_param1":"3564732920"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.cu_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.cu_name, "Boss phone")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.cu_name, got.cu_name)
  t.equal(listed.ct_name, t.sql("SELECT ct_name FROM ct_customtypes WHERE ct_id = 1")[1].ct_name)
  res = call(t, "update", { objectid = id }, [[{"cu_param1":"0636287454"}]])
  t.equal(res.json.cu_param1, "0636287454", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  local id = call(t, "add", nil, FIELDS).json.cu_id
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, [[{"cu_param1":"0636287454"}]], t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end)
