-- OpenAPI user: spec example "Create a user and assign tenants, routing profiles, and allowed user profiles".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.global_key }, json = json })
end

test("Create a user and assign tenants, routing profiles, and allowed user profiles", function(t)
  local profile = call(t, "post", "/routingprofiles", { name = "R" }).json.id
  local demo = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  local res = call(t, "post", "/users", { username = "operator", password = "change-me", profile_id = 3,
    tenants = { demo }, routingprofiles = { profile }, allowed_userprofiles = { 2 } })
  t.equal(res.status, 201, res.body)
  t.equal(#res.json.us_password, 64, "kept as a digest")
  t.equal(res.json.related.profile.up_id, "3")
  t.equal(res.json.related.tenants[1].te_code, "DEMO")
  t.equal(res.json.related.routing_profiles[1].rp_name, "R")
  t.equal(res.json.related.allowed_userprofiles[1].up_id, "2")
  t.equal(#call(t, "get", "/users?tenant=DEMO").json, 1, "only users of the tenant")
  t.equal(#call(t, "get", "/users?tenant=OTHER").json, 0)
end)

test("tenant keys are rejected, a digest can be given", function(t)
  local res = call(t, "get", "/users?tenant=DEMO", nil, t.key)
  t.equal(res.status, 403)
  t.equal(res.json.error.code, "admin_required")
  res = call(t, "post", "/users", { username = "second", password_hash = ("ab"):rep(32) })
  t.equal(res.json.us_password, ("ab"):rep(32))
  t.equal(call(t, "get", "/users/" .. res.json.id, nil, t.global_read_key).json.us_password, nil)
end)

test("the digest sent back as it was shown stays the password", function(t)
  local made = call(t, "post", "/users", { username = "kept", password = "word" }).json
  local res = call(t, "put", "/users/" .. made.id, { us_password = made.us_password, description = "x" })
  t.equal(res.json.us_password, made.us_password)
  res = call(t, "put", "/users/" .. made.id, { us_password = "another" })
  t.not_equal(res.json.us_password, made.us_password)
end)
