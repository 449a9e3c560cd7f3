-- OpenAPI userprofile: spec example "Create a user profile with privileges".
local call = require("support.openapi").global_call

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

test("privileges in both forms, with their parameters, checked", function(t)
  local res = call(t, "post", "/userprofiles", { name = "Forms", privileges = { 12, "ADMIN",
    { ug_id = 18, param1 = "a", param5 = "e" }, { id = 25, param1 = "b" } } })
  t.equal(res.status, 201, res.body)
  local rows = res.json.related.privileges
  t.equal(#rows, 4)
  t.equal({ rows[1].ug_id, rows[2].ug_id, rows[3].ug_id, rows[4].ug_id }, { "12", "ADMIN", "18", "25" })
  t.equal({ rows[3].param1, rows[3].param5, rows[4].param1 }, { "a", "e", "b" })
  for _, bad in ipairs({ { {} }, { { param1 = "x" } }, { "x\ny" }, { true }, 7 }) do
    res = call(t, "patch", "/userprofiles/" .. res.json.id, { privileges = bad })
    t.equal(res.status, 400, res.body)
    t.matches(res.json.error.field, "^privileges")
    res = { json = { id = rows[1].upp_up_id } }
  end
  t.equal(#call(t, "patch", "/userprofiles/" .. rows[1].upp_up_id, { privileges = {} }).json.related.privileges, 0)
end)
