-- MANAGEDB object extension.
local client = require "support.managedb"
local ask = client.ask
local call = client.calls("extension")

local FIELDS = [[{"ex_number":"1100",
  "ex_name":"Test extension",
  "ex_tech":"PJSIP",
  "password":"hackmeifyoucan"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.ex_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.ex_name, "Test extension")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.ex_number, got.ex_number)
  res = call(t, "update", { objectid = id }, [[{"ex_callallowed":"all"}]])
  t.equal(res.json.ex_callallowed, "all", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  t.equal(call(t, "add", nil, [[{"ex_name":"x"}]]).json,
    { Response = "Error", Message = "Missing field ex_number" })
  local id = call(t, "add", nil, FIELDS).json.ex_id
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, [[{"ex_callallowed":"all"}]], t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end)

test("the phone's rows come and go with it", function(t)
  local id = call(t, "add", nil, [[{"ex_number":"1200","ex_name":"A","ex_tech":"PJSIP",
    "password":"secret-1200"}]]).json.ex_id
  local function auths()
    return t.sql("SELECT password FROM ps_auths WHERE id = '1200-DEMO'")
  end
  t.equal(auths()[1].password, "secret-1200")
  call(t, "update", { objectid = id }, [[{"password":"other-1200"}]])
  t.equal(auths()[1].password, "other-1200")
  call(t, "delete", { objectid = id })
  t.equal(#auths(), 0)
  t.equal(call(t, "add", nil, [[{"ex_name":"No number"}]]).json.Response, "Error")
end)

test("the object's name in the plural and in capitals, and xml", function(t)
  t.truthy(ask(t, { object = "EXTENSIONS", action = "LIST" }).json)
  t.matches(ask(t, { object = "extension", action = "list", format = "xml" }).body, "<Result>")
end)

-- A spreadsheet sends numbers: 12345678901234567 was kept as 1.2345678901235e+16.
test("a number of more digits than a double has", function(t)
  local row = call(t, "add", nil, [[{"ex_number":12345678901234567,"ex_name":"Long"}]]).json
  t.equal(row.ex_number, "12345678901234567")
end)
