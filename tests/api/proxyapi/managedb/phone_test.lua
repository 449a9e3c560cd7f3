-- MANAGEDB object phone.
local call = require("support.managedb").calls("phones")

local FIELDS = [[{"ph_name":"George Basement",
  "ph_mac":"AABBCCDDEEFF",
  "ph_pm_id":5}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.ph_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.ph_name, "George Basement")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.ph_name, got.ph_name)
  res = call(t, "update", { objectid = id }, [[{"ph_name":"George Lower Basement"}]])
  t.equal(res.json.ph_name, "George Lower Basement", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  local id = call(t, "add", nil, FIELDS).json.ph_id
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, [[{"ph_name":"George Lower Basement"}]], t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end)

-- The example of the document has eight octets, and was refused.
test("a phone with a long address", function(t)
  local res = call(t, "add", { object = "phones" },
    [[{"ph_name":"George Basement","ph_mac":"AA:BB:CC:DD:EE:FF:00:11","ph_pm_id":5}]])
  t.equal(res.json and res.json.ph_mac, "AABBCCDDEEFF0011", res.body)
end)
