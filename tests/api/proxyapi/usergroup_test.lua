-- reqtype=USERGROUP keeps groups of users.
local client = require "support.proxyapi"

local function ask(t, query, key)
  query.reqtype, query.tenant = "USERGROUP", ""
  return client.ask(t, query, key or t.global_key)
end

test("a group, its tenants and its users", function(t)
  t.equal(ask(t, { action = "list", format = "json" }).body, "[]")
  local id = ask(t, { action = "add", name = "Support", format = "json" }).json.id
  t.equal(ask(t, { action = "add", name = "Support" }).body, "name: already taken: Support")
  t.equal(ask(t, { action = "list" }).body, "usergroupid|name\n" .. id .. "|Support\n")
  t.equal(ask(t, { action = "addtenant", usergroupid = id, tenantid = "2" }).body, "OK")
  t.equal(ask(t, { action = "addtenant", usergroupid = id, tenantid = "2" }).body, "OK")
  t.equal(ask(t, { action = "listtenants", usergroupid = id }).body, "te_id|te_code|te_name\n2|OTHER|Other tenant\n")
  local user = t.sql("SELECT us_id FROM us_users WHERE us_username = 'admin'")[1].us_id
  t.equal(ask(t, { action = "adduser", usergroupid = id, userid = user, inerith = "on" }).body, "OK")
  t.equal(ask(t, { action = "listusers", usergroupid = id, format = "json" }).json,
    { { us_id = tostring(user), us_username = "admin", inerith = "on" } })
  t.equal(ask(t, { action = "deluser", usergroupid = id, userid = user }).body, "OK")
  t.equal(ask(t, { action = "deluser", usergroupid = id, userid = user, format = "json" }).json.Response, "Error")
  t.equal(ask(t, { action = "deltenant", usergroupid = id, tenantid = "2" }).body, "OK")
  t.equal(ask(t, { action = "listusers", usergroupid = id, format = "json" }).body, "[]")
  t.equal(ask(t, { action = "delete", usergroupid = id }).body, "OK")
  t.equal(ask(t, { action = "listtenants", usergroupid = id }).body, "")
end)

test("what is not there, and who may not", function(t)
  t.equal(ask(t, { action = "addtenant", usergroupid = "9", tenantid = "1" }).body, "usergroupid: no such usergroup: 9")
  local id = ask(t, { action = "add", name = "A", format = "json" }).json.id
  t.equal(ask(t, { action = "addtenant", usergroupid = id, tenantid = "99" }).body, "tenantid: no such tenant: 99")
  t.equal(ask(t, { action = "adduser", usergroupid = id, userid = "99" }).body, "userid: no such user: 99")
  t.matches(client.ask(t, { reqtype = "USERGROUP", action = "list" }).body, "^Too bad")
  t.matches(ask(t, { action = "delete", usergroupid = id }, t.global_read_key).body, "^Too bad")
end)
