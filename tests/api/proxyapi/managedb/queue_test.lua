-- MANAGEDB object queue.
local call = require("support.managedb").calls("queue")

local FIELDS = [[{"qu_name":"Support Line",
  "strategy":"ringall",
  "timeout":"30"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.qu_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.qu_name, "Support Line")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.qu_name, got.qu_name)
  res = call(t, "update", { objectid = id }, [[{"qu_number":"9201"}]])
  t.equal(res.json.qu_number, "9201", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  local id = call(t, "add", nil, FIELDS).json.qu_id
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, [[{"qu_number":"9201"}]], t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end)
