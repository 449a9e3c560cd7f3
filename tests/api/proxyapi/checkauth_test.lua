-- reqtype=CHECKAUTH checks names and passwords.
local client = require "support.proxyapi"
local task = require "task"

local function ask(t, query, key)
  query.reqtype = "CHECKAUTH"
  if query.tenant == nil then query.tenant = "" end
  return client.ask(t, query, key or t.global_key)
end

local function user(t)
  local crypto = require "crypto"
  if #t.sql("SELECT us_id FROM us_users WHERE us_id = 50") > 0 then return end
  t.sql("INSERT INTO us_users (us_id, us_username, us_password, us_up_id) VALUES (50, 'ann', ?, 2)",
    { crypto.sha256("right") })
  t.sql("INSERT INTO ut_usertenants (ut_us_id, ut_tenant_id) SELECT 50, te_id FROM te_tenants WHERE te_code = 'DEMO'")
end

test("a user, with profile, tenants and privileges", function(t)
  user(t)
  local it = ask(t, { username = "ann", password = "right", format = "json" }).json
  t.equal({ it.Response, it.target_type, it.us_id, it.up_name, it.tenants, it.privileges[1].ug_id },
    { "Success", "USER", "50", "Tenant administrator", { "DEMO" }, "TENANTADMIN" })
  t.equal(ask(t, { username = "ann", password = "right" }).body,
    "Result|Username|Type|Profile|Tenants\nSuccess|ann|USER|Tenant administrator|DEMO\n")
  t.equal(ask(t, { username = "ann", password = "wrong" }).body, "Error|Authentication failed|")
  t.equal(ask(t, { username = "nobody", password = "right", format = "json" }).json,
    { Response = "Error", Message = "Authentication failed" })
  t.equal(ask(t, { username = "ann" }).body, "")
end)

test("tenants of a group that the user inherits from", function(t)
  user(t)
  t.sql("INSERT INTO gr_usergroups (gr_id, gr_name) VALUES (7, 'All')")
  t.sql("INSERT INTO gt_usergrouptenants (gt_gr_id, gt_tenant_id) VALUES (7, 2)")
  t.sql("INSERT INTO gu_usergroupusers (gu_gr_id, gu_us_id, gu_inerith) VALUES (7, 50, '')")
  local function tenants() return ask(t, { username = "ann", password = "right", format = "json" }).json.tenants end
  t.equal(tenants(), { "DEMO" })
  t.sql("UPDATE gu_usergroupusers SET gu_inerith = 'on'")
  t.equal(tenants(), { "DEMO", "OTHER" })
end)

test("a tenant's key learns nothing of other tenants' people", function(t)
  user(t)
  t.sql("DELETE FROM gu_usergroupusers")
  t.equal(ask(t, { username = "ann", password = "right", tenant = "OTHER" }, t.other_key).body,
    "Error|Authentication failed|")
  t.matches(ask(t, { username = "ann", password = "right", tenant = "DEMO" }, t.key).body, "^Result|")
end)

test("an extension by its web user", function(t)
  client.extension(t, "103")
  t.sql("UPDATE ex_extensions SET ex_webuser = 'phone103', ex_webpassword = 'web' WHERE ex_number = '103'")
  local it = ask(t, { username = "phone103", password = "web", format = "json" }).json
  t.equal({ it.target_type, it.tenants }, { "EXTENSION", { "DEMO" } })
end)

-- Both read the token before either took it away: two people were let in.
test("a token for once lets one of two in", function(t)
  user(t)
  local token = client.ask(t, { reqtype = "AUTHTOKEN", action = "generate", validity = "ONCE", user = "ann", tenant = "" },
    t.global_key).body
  local function try() return ask(t, { username = "ann", password = token }).body:match("^%a+") end
  local answers = task.all({ try, try, try })
  local let_in = 0
  for _, it in ipairs(answers) do
    if it.value == "Result" then let_in = let_in + 1 end
  end
  t.equal(let_in, 1)
  t.equal(try(), "Error")
end)
