-- OpenAPI /auth/token.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.global_key }, json = json })
end

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
