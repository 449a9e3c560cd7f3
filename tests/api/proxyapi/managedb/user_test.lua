-- MANAGEDB object user.
local managedb = require "support.managedb"
local task = require "task"

local user = managedb.object {
  object = "user", id = "us_id", shown = { "us_username" }, global = true,
  fields = { us_username = "Leandro71", us_password = "change-me", us_up_id = 1 },
  change = { us_email = "l@example.com" },
}
local call = user.call

test("add, get, list, update, delete", user.life)

test("bad data, foreign and read-only keys", user.guard)

test("tenants of a user", function(t)
  local id = call(t, "add", nil, [[{"us_username":"ann","us_password":"change-me"}]]).json.us_id
  t.equal(call(t, "listtenants", { objectid = id }).body, "{}")
  t.equal(call(t, "addtenant", { objectid = id, tenantid = "2" }).json.Response, "Success")
  t.equal(call(t, "listtenants", { objectid = id }).json,
    { ["2"] = { te_id = "2", te_code = "OTHER", te_name = "Other tenant" } })
  t.equal(call(t, "deltenant", { objectid = id, tenantid = "2" }).json.Response, "Success")
  t.equal(call(t, "listtenants", { objectid = id }).body, "{}")
end)

test("of tenants that are given at once none is lost", function(t)
  local id = call(t, "add", nil, [[{"us_username":"eve","us_password":"change-me"}]]).json.us_id
  local calls = {}
  for i = 1, 8 do
    t.sql("INSERT INTO te_tenants (te_id, te_code, te_name) VALUES (?, ?, 'x')", { 100 + i, "T" .. i })
    calls[i] = function() return call(t, "addtenant", { objectid = id, tenantid = 100 + i }).body end
  end
  for _, it in ipairs(task.all(calls)) do t.contains(it.value, "Success") end
  t.equal(call(t, "addtenant", { objectid = id, tenantid = 101 }).json.Response, "Success")
  local count = 0
  for _ in pairs(call(t, "listtenants", { objectid = id }).json) do count = count + 1 end
  t.equal(count, 8)
  t.equal(#t.sql("SELECT 1 FROM lg_processlogs WHERE lg_object = 'user' AND lg_object_id = ? AND lg_action = 'update'",
    { id }), 8)
end)

test("a tenant, or a user, that is not there", function(t)
  local id = call(t, "add", nil, [[{"us_username":"bob","us_password":"change-me"}]]).json.us_id
  t.equal(call(t, "addtenant", { objectid = id, tenantid = "999" }).json,
    { Response = "Error", Message = "tenants: no such tenant: 999" })
  t.equal(call(t, "deltenant", { objectid = id, tenantid = "999" }).json.Response, "Success")
  t.equal(call(t, "addtenant", { objectid = "99999", tenantid = "2" }).body, "")
end)
