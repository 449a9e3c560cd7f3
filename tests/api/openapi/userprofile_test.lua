-- OpenAPI userprofile: spec example "Create a user profile with privileges".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.global_key }, json = json })
end

test("Create a user profile with privileges", function(t)
  local res = call(t, "post", "/userprofiles",
    { name = "Helpdesk", description = "Helpdesk operators", privileges = { 12, 18, { ug_id = "25", param1 = "x" } } })
  t.equal(res.status, 201, res.body)
  t.equal(#res.json.related.privileges, 3)
  t.equal(res.json.related.privileges[3].param1, "x")
  res = call(t, "put", "/user_profile?id=" .. res.json.id, { privileges = { 7 } })
  t.equal(#res.json.related.privileges, 1, "replaced")
end)

test("a profile in use stays", function(t)
  local id = call(t, "post", "/userprofiles", { name = "Used" }).json.id
  call(t, "post", "/users", { username = "somebody", profile_id = id })
  local res = call(t, "delete", "/userprofiles/" .. id)
  t.equal(res.status, 409)
  t.equal(res.json.error.code, "object_in_use")
end)
