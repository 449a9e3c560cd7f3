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

test("routes that a provider carries", function(t)
  local profile = ask(t, { object = "routingprofile", action = "add", tenant = "" }, [[{"rp_name":"A"}]], t.global_key).json
  local provider = ask(t, { object = "provider", action = "add", tenant = "" }, [[{"pr_name":"Carrier A"}]], t.global_key).json
  local id = { rp = profile.rp_id, pr = provider.pr_id }
  t.equal(call(t, "listroutes", { objectid = id.pr }).body, "{}")
  local made = ask(t, { object = "route", action = "add", tenant = "" }, ([[{"dl_rp_id":"%s","dl_name":"Free",
    "dl_regex":"^800.*","dl_pr_id":"%s"}]]):format(id.rp, id.pr), t.global_key).json
  local row = call(t, "listroutes", { objectid = id.pr }).json[made.dl_id]
  t.equal({ row.dl_name, row.dl_regex }, { "Free", "^800.*" })
  t.matches(call(t, "listroutes", { objectid = id.pr, format = "xml" }).body, "<dl_name>Free</dl_name>")
end)
