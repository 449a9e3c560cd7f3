-- OpenAPI user: spec example "Create a user and assign tenants, routing profiles, and allowed user profiles".
local call = require("support.openapi").global_call

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

test("every assignment under every name: replaced, cleared, checked, and gone with its target", function(t)
  local function made(path, json, key)
    local res = call(t, "post", path, json, key)
    t.equal(res.status, 201, res.body)
    return res.json.id
  end
  t.sql("INSERT INTO cl_clientrates (cl_id, cl_te_id, cl_name) VALUES (31, 0, 'Standard')")
  local demo = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  local other = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'OTHER'")[1].te_id
  local routes, profile = made("/routingprofiles", { name = "R9" }), made("/userprofiles", { name = "P9" })
  local queue = made("/queues?tenant=DEMO", { name = "Q9" }, t.key)
  local phone = made("/extensions?tenant=DEMO", { number = "990" }, t.key)
  local carrier = made("/providers", { name = "C9" })
  local id = made("/users", { username = "assigned" })
  local function related() return call(t, "get", "/users/" .. id).json.related end
  for _, case in ipairs({
    { "tenants", { "tenants", "tenant_ids" }, demo, "te_id" },
    { "routing_profiles", { "routingprofiles", "routing_profiles", "routingprofile_ids" }, routes, "rp_id", "/routingprofiles/" },
    { "allowed_userprofiles", { "allowed_userprofiles", "allowed_userprofile_ids" }, profile, "up_id", "/userprofiles/" },
    { "client_rates", { "clientrates", "client_rates" }, 31, "cl_id" },
    { "queue_restrictions", { "queue_restrictions" }, queue, "qu_id", "/queues/" },
    { "extension_restrictions", { "extension_restrictions" }, phone, "ex_id", "/extensions/" },
    { "provider_restrictions", { "provider_restrictions" }, carrier, "pr_id", "/providers/" },
  }) do
    local shown, names, target, column, path = case[1], case[2], case[3], case[4], case[5]
    for _, name in ipairs(names) do
      local res = call(t, "patch", "/users/" .. id, { [name] = { target } })
      t.equal(res.status, 200, name .. res.body)
      t.equal(#res.json.related[shown], 1, name)
      t.equal(res.json.related[shown][1][column], tostring(target), name)
      for _, bad in ipairs({ { { 999999 }, 409 }, { { "x" }, 400 }, { { target, target }, 400 }, { "x", 400 }, { 5, 400 } }) do
        res = call(t, "patch", "/users/" .. id, { [name] = bad[1] })
        t.equal(res.status, bad[2], name .. res.body)
        t.truthy(res.json.error.field, name)
      end
      t.equal(#related()[shown], 1, name .. " as it was")
      t.equal(#call(t, "patch", "/users/" .. id, { [name] = {} }).json.related[shown], 0, name .. " cleared")
    end
    call(t, "patch", "/users/" .. id, { [names[1]] = { target } })
    if path then
      local res = call(t, "delete", path .. target)
      t.equal(res.status, 200, path .. res.body)
      t.equal(#related()[shown], 0, shown .. " goes with its target")
    end
  end
  t.equal(#call(t, "patch", "/users/" .. id, { tenants = { demo, other } }).json.related.tenants, 2)
  t.equal(call(t, "delete", "/users/" .. id).status, 200)
  for _, table_name in ipairs({ "ut_usertenants WHERE ut_us_id", "ur_userroutingprofiles WHERE ur_us_id", "ux_userrestrictions WHERE ux_us_id" }) do
    t.equal(#t.sql("SELECT 1 FROM " .. table_name .. " = ?", { id }), 0, table_name)
  end
end)

test("passwords: clear text under three names, a digest under two, nothing else", function(t)
  -- SHA-256 of "word"
  local digest = "98c1eb4ee93476743763878fcb96a25fbc9a175074d64004779ecb5242f645e6"
  for i, name in ipairs({ "password", "_password", "us_password" }) do
    local res = call(t, "post", "/users", { username = "clear" .. i, [name] = "word" })
    t.equal(res.json.us_password, digest, name)
  end
  for i, name in ipairs({ "password_hash", "us_password_hash" }) do
    local res = call(t, "post", "/users", { username = "hash" .. i, [name] = digest:upper() })
    t.equal(res.json.us_password, digest, name)
    t.equal(call(t, "post", "/users", { username = "bad" .. i, [name] = "abc" }).json.error.field, "password_hash")
  end
end)

-- Answered 404: the new user was looked for among those of the tenant.
test("a user made with a tenant in the query is answered", function(t)
  local res = call(t, "post", "/users?tenant=DEMO", { username = "third", password = "x" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.name, "third")
  t.equal(call(t, "get", "/users/" .. res.json.id .. "?tenant=DEMO").status, 404, "a filter of lists and gets")
end)
