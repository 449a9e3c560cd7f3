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

test("Getting the list of routes for a routing profile", function(t)
  local profile = ask(t, { object = "routingprofile", action = "add", tenant = "" }, [[{"rp_name":"A"}]], t.global_key).json
  local provider = ask(t, { object = "provider", action = "add", tenant = "" }, [[{"pr_name":"Carrier A"}]], t.global_key).json
  local id = { rp = profile.rp_id, pr = provider.pr_id }
  t.equal(call(t, "listroutes", { objectid = id.rp }).body, "{}")
  local made = ask(t, { object = "route", action = "add", tenant = "" }, ([[{"dl_rp_id":"%s","dl_name":"Free",
    "dl_regex":"^800.*","dl_pr_id":"%s"}]]):format(id.rp, id.pr), t.global_key).json
  local row = call(t, "listroutes", { objectid = id.rp }).json[made.dl_id]
  t.equal({ row.dl_name, row.dl_regex }, { "Free", "^800.*" })
  t.matches(call(t, "listroutes", { objectid = id.rp, format = "xml" }).body, "<dl_name>Free</dl_name>")
end)
