-- OpenAPI /auth/token.
local task = require "task"
local token = require "model.token"
local openapi = require "support.openapi"
local call, PATH = openapi.global_call, openapi.path

test("a token for a user, taken away again", function(t)
  call(t, "post", "/users", { username = "person", password = "x" })
  local res = call(t, "post", "/auth/token", { user = "person", validity = "ONCE" })
  t.equal(res.status, 200, res.body)
  t.equal(res.json.user, "person")
  local row = t.sql("SELECT us_token, us_token_validity FROM us_users WHERE us_username = 'person'")[1]
  t.not_equal(row.us_token, res.json.token, "kept as a digest")
  t.equal(row.us_token_validity, "ONCE")
  t.equal(call(t, "delete", "/auth/token?user=person").json.reset, true)
  t.equal(call(t, "post", "/auth/token", { user = "nobody" }).json.error.code, "user_not_found")
  t.equal(call(t, "post", "/auth/token", {}).json.error.code, "missing_user")
  t.equal(call(t, "post", "/auth/token", { user = "person", validity = "2001-01-01" }).json.error.code, "invalid_validity")
  t.equal(call(t, "post", "/auth/token", { user = "person" }, t.key).status, 401, "a tenant's key without tenant")
end)

test("extensions too, by web user and by peer; a time to come; keys; a try", function(t)
  t.http:post(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = { number = "880", ex_webuser = "ada" } })
  t.http:post(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = { number = "881" } })
  call(t, "post", "/users", { username = "worker" })
  for _, case in ipairs({ { "ada", "WEBPASSWORD" }, { "881-DEMO", "WEBPASSWORD" } }) do
    local res = call(t, "post", "/auth/token", { user = case[1], validity = "2999-01-01 10:00:00" })
    t.equal(res.status, 200, res.body)
    t.equal(res.json.target_type, case[2])
    t.equal(res.json.user, case[1])
  end
  t.equal(t.sql("SELECT ex_token_validity FROM ex_extensions WHERE ex_number = '880'")[1].ex_token_validity, "2999-01-01 10:00:00")
  t.equal(call(t, "post", "/auth/token", { user = "880-DEMO" }).json.error.code, "user_not_found", "the web user is its name")
  for _, bad in ipairs({ "soon", "2020-01-01 00:00:00", "2999-02-30" }) do
    local res = call(t, "post", "/auth/token", { user = "worker", validity = bad })
    t.equal(res.status, 400, bad)
    t.equal(res.json.error.code, "invalid_validity")
  end
  local res = call(t, "post", "/auth/token?dry_run=1", { user = "worker" })
  t.equal(res.json.dry_run, true)
  t.equal(t.sql("SELECT us_token FROM us_users WHERE us_username = 'worker'")[1].us_token, nil)
  res = t.http:delete(PATH .. "/auth/token", { headers = { ["X-API-Key"] = t.global_key }, json = { user = "ada" } })
  t.equal(res.json, { reset = true, user = "ada", target_type = "WEBPASSWORD" })
  t.equal(t.sql("SELECT ex_token FROM ex_extensions WHERE ex_number = '880'")[1].ex_token, "")
  t.equal(call(t, "post", "/auth/token?tenant=DEMO", { user = "worker" }, t.key).json.error.code, "admin_required")
  t.equal(call(t, "post", "/auth/token", { user = "worker" }, t.global_read_key).status, 403)
  res = call(t, "get", "/auth/token")
  t.equal(res.status, 405)
  t.equal(res.headers.allow, "DELETE, POST, OPTIONS")
end)

-- It was read outside the transaction that used it up: two could come in with it at once.
test("a token for once lets one in, whoever comes with it together", function(t)
  task.scope("*")
  local tenant = t.sql("SELECT te_id AS id, te_code AS code FROM te_tenants WHERE te_code = 'DEMO'")[1]
  t.sql("INSERT INTO us_users (us_username) VALUES ('once')")
  local ctx = { tenant = tenant, key = { global = true }, actor = "test", secrets = true }
  local text = token.generate(ctx, "once", "ONCE").token
  local target = token.target("once")
  t.equal(token.accept(ctx, target, "another"), false)
  local together = {}
  for i = 1, 8 do together[i] = function() return token.accept(ctx, target, text) end end
  local let_in = 0
  for _, result in ipairs(task.all(together)) do
    t.equal(result.err, nil)
    if result.value then let_in = let_in + 1 end
  end
  t.equal(let_in, 1)
  t.equal(token.accept(ctx, target, text), false)
end)
