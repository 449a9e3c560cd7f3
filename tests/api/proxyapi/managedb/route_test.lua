-- MANAGEDB object route.
local client = require "support.managedb"
local ask = client.ask
local call = client.global_calls("route")

local function fields(rp, pr)
  return ([[{"dl_rp_id":"%s","dl_name":"Free Numbers","dl_regex":"^800.*","dl_pr_id":"%s"}]]):format(rp, pr)
end

test("Adding a route to a routing profile", function(t)
  local rp, pr = client.route_ends(t)
  local made = call(t, "add", nil, fields(rp, pr)).json
  t.equal({ made.dl_rp_id, made.dl_name, made.dl_regex, made.dl_pr_id }, { rp, "Free Numbers", "^800.*", pr })
  -- Getting the route list, and that of a routing profile
  local short = call(t, "list").json[made.dl_id]
  t.equal({ short.dl_rp_id, short.dl_regex, short.dl_usepin }, { rp, "^800.*", nil })
  t.truthy(call(t, "list", { routingprofileid = rp }).json[made.dl_id])
  t.equal(call(t, "list", { routingprofileid = "9999" }).body, "{}")
  -- Getting the details for a route
  t.equal(call(t, "get", { objectid = made.dl_id }).json.dl_name, "Free Numbers")
  -- A profile and a provider with routes stay.
  t.matches(ask(t, { object = "provider", action = "delete", objectid = pr, tenant = "" }, "", t.global_key).json.Message,
    "still used by route Free Numbers %(id %d+%)$")
  t.equal(call(t, "delete", { objectid = made.dl_id }).json.Response, "Success")
  t.equal(call(t, "get", { objectid = made.dl_id }).body, "")
end)

test("Update a route", function(t)
  local rp = call(t, "list").body
  t.equal(rp, "{}")
  local profile = t.sql("SELECT rp_id FROM rp_routingprofiles")[1].rp_id
  local provider = t.sql("SELECT pr_id FROM pr_providers")[1].pr_id
  local id = call(t, "add", nil, fields(profile, provider)).json.dl_id
  local it = call(t, "update", { objectid = id }, [[{"dl_emergencyroute":"","dl_usepin":"on"}]]).json
  t.equal({ it.dl_emergencyroute, it.dl_usepin, it.dl_name }, { "", "on", "Free Numbers" })
end)

test("bad data and keys", function(t)
  t.equal(call(t, "add", nil, [[{"dl_name":"x"}]]).json, { Response = "Error", Message = "Missing field dl_rp_id" })
  t.matches(call(t, "add", nil, fields("9999", "1")).json.Message, "^dl_rp_id: no such routing profile")
  t.matches(call(t, "add", nil, ([[{"dl_rp_id":"1","dl_name":"x","dl_regex":"\"","dl_pr_id":"1"}]])).json.Message, "^dl_regex: ")
  t.matches(ask(t, { object = "route", action = "list" }).body, "^Too bad")
  t.matches(call(t, "add", nil, "{}", t.global_read_key).body, "^Too bad")
end)
