-- MANAGEDB object conference.
local call = require("support.managedb").calls("conference")

local FIELDS = [[{"cr_number":"887",
  "cr_name":"Test conference",
  "pin":"5678"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.cr_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.cr_name, "Test conference")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.cr_number, got.cr_number)
  res = call(t, "update", { objectid = id }, [[{"cr_name":"Renamed"}]])
  t.equal(res.json.cr_name, "Renamed", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  local id = call(t, "add", nil, FIELDS).json.cr_id
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, [[{"cr_name":"Renamed"}]], t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end)

test("the pin is in the meetme row", function(t)
  call(t, "add", nil, [[{"cr_number":"888","cr_name":"Pin","pin":"4711"}]])
  t.equal(#t.sql("SELECT 1 FROM meetme WHERE pin = '4711'"), 1)
end)
