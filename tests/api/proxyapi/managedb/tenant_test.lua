-- MANAGEDB object tenant.
local client = require "support.managedb"
local ask = client.ask
local call = client.global_calls("TENANT")

local FIELDS = [[{"te_code":"RELAX",
  "te_name":"Relax & entertainment",
  "pk_start":800,
  "pk_end":810}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.te_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.te_code, "RELAX")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.te_name, got.te_name)
  res = call(t, "update", { objectid = id }, [[{"te_name":"Relax and entertainment","pk_end":820}]])
  t.equal(res.json.te_name, "Relax and entertainment", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  t.matches(ask(t, { object = "TENANT", action = "list" }).body, "^Too bad")
  t.matches(ask(t, { object = "TENANT", action = "list", tenant = "" }, nil, "x").body,
    "^Too bad")
  t.matches(call(t, "add", nil, "{}", t.global_read_key).body, "^Too bad")
end)

test("a filter is understood, never run as SQL", function(t)
  t.sql("UPDATE te_tenants SET te_disabled = 'on' WHERE te_code = 'OTHER'")
  local function list(filter)
    return call(t, "list", { filter = filter })
  end
  local found = list("te_disabled='on'").json
  t.equal(found["2"].te_code, "OTHER")
  t.equal(found["1"], nil)
  t.truthy(list("te_code LIKE 'DE%' AND te_id < '5'").json["1"])
  t.equal(list("1=1; DROP TABLE te_tenants").body, "")
  t.equal(list("te_code='x' OR 1=1").body, "")
  t.truthy(call(t, "list").json["1"])
end)
