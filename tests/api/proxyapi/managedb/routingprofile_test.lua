-- MANAGEDB object routingprofile.
local client = require "support.managedb"
local ask = client.ask
local call = client.global_calls("routingprofile")

local FIELDS = [[{"rp_name":"Only National",
  "rp_type":"VOICE"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.rp_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.rp_type, "VOICE")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.rp_name, got.rp_name)
  res = call(t, "update", { objectid = id }, [[{"rp_name":"National"}]])
  t.equal(res.json.rp_name, "National", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  t.matches(ask(t, { object = "routingprofile", action = "list" }).body, "^Too bad")
  t.matches(ask(t, { object = "routingprofile", action = "list", tenant = "" }, nil, "x").body,
    "^Too bad")
  t.matches(call(t, "add", nil, "{}", t.global_read_key).body, "^Too bad")
end)
