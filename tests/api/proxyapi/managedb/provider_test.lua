-- MANAGEDB object provider.
local client = require "support.managedb"
local ask = client.ask
local call = client.global_calls("provider")

local FIELDS = [[{"pr_peername":"new_provider",
  "pr_name":"New Provider",
  "pr_tech":"SIP",
  "pr_userealtime":"on",
  "host":"172.16.1.100"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.pr_id
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.pr_peername, "new_provider")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.pr_name, got.pr_name)
  res = call(t, "update", { objectid = id }, [[{"pr_name":"Test extradevel"}]])
  t.equal(res.json.pr_name, "Test extradevel", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  t.matches(ask(t, { object = "provider", action = "list" }).body, "^Too bad")
  t.matches(ask(t, { object = "provider", action = "list", tenant = "" }, nil, "x").body,
    "^Too bad")
  t.matches(call(t, "add", nil, "{}", t.global_read_key).body, "^Too bad")
end)
