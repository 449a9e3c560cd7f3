-- OpenAPI tenant: only for administrators, and only empty ones go.
local json = require "json"
local openapi = require "support.openapi"
local call, PATH = openapi.global_call, openapi.path

test("an administrator makes and removes a tenant", function(t)
  local made = call(t, "post", "/tenants", { name = "New", code = "NEW", billingcode = "7", pk_start = 701, pk_end = 720 })
  t.equal(made.status, 201, made.body)
  t.equal(made.json.te_billingcode, "7")
  t.matches(made.json.te_datecreation, "^%d%d%d%d%-%d%d%-%d%d ")
  t.equal(t.sql("SELECT pk_end FROM pk_parkinglots WHERE pk_te_id = ?", { made.json.id })[1].pk_end, 720)
  local extension = t.http:post(PATH .. "/extensions?tenant=NEW", { headers = { ["X-API-Key"] = t.global_key },
    json = { number = "100" } })
  t.equal(extension.status, 201, extension.body)
  t.equal(call(t, "delete", "/tenants/" .. made.json.id).json.error.code, "tenant_not_empty")
  t.equal(call(t, "patch", "/tenants/" .. made.json.id, { code = "NEWER" }).status, 409)
  t.equal(call(t, "delete", "/extensions/" .. extension.json.id).status, 200)
  t.equal(call(t, "delete", "/tenants/" .. made.json.id).status, 200)
end)

test("the places of a parking lot are two numbers, in order and not too many", function(t)
  local made = call(t, "post", "/tenants", { name = "Parks", code = "PARKS", pk_start = 800, pk_end = 899 }).json
  local function patched(fields)
    local res = call(t, "patch", "/tenants/" .. made.id, fields)
    return { res.status, res.json.error and res.json.error.field }
  end
  t.equal(patched({ pk_end = 799 }), { 400, "pk_end" })
  t.equal(patched({ pk_end = 1800 }), { 400, "pk_end" })
  t.equal(patched({ pk_start = 0 }), { 400, "pk_start" })
  t.equal(patched({ pk_end = json.null }), { 400, "pk_end" })
  t.equal(patched({ pk_end = 1799 }), { 200 })
  t.equal(patched({ pk_start = json.null, pk_end = json.null }), { 200 })
  t.equal(call(t, "post", "/tenants", { name = "Half", code = "HALF", pk_start = 5 }).json.error.field, "pk_end")
  t.equal(t.sql("SELECT parkfirst, parklast FROM dialplan_tenant WHERE id = 'PARKS'")[1], { parkfirst = 701, parklast = 720 })
end)

test("everything a tenant owns keeps it; settings and variables go with it", function(t)
  local made = call(t, "post", "/tenants", { name = "Owner", code = "OWNER" }).json
  local function of_tenant(method, path, body)
    local res = t.http[method](t.http, PATH .. path .. "?tenant=OWNER", { headers = { ["X-API-Key"] = t.global_key }, json = body })
    t.truthy(res.status < 300, res.body)
    return res.json
  end
  for plural, body in pairs({ flows = { name = "Night" }, disas = { name = "Inside" }, mediafiles = { name = "Hello" } }) do
    local it = of_tenant("post", "/" .. plural, body)
    local res = call(t, "delete", "/tenants/" .. made.id)
    t.equal({ res.status, res.json.error.code }, { 409, "tenant_not_empty" }, plural)
    t.contains(res.json.error.message, "still has 1 ")
    of_tenant("delete", "/" .. plural .. "/" .. it.id)
  end
  of_tenant("post", "/settings", { code = "LANGUAGE", value = "it" })
  t.equal(call(t, "delete", "/tenants/" .. made.id).status, 200)
  t.equal(#t.sql("SELECT 1 FROM se_settings WHERE se_te_id = ?", { made.id }), 0)
end)

test("tenant keys are rejected", function(t)
  t.equal(call(t, "get", "/tenants?tenant=DEMO", nil, t.key).status, 403)
  t.equal(call(t, "post", "/tenants", { name = "X" }).json.error.code, "missing_required_field")
end)

test("Move a tenant to Post Paid and assign a routing profile", function(t)
  local profile = call(t, "post", "/routingprofiles", { name = "For tenants" }, t.global_key).json.id
  local id = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  local res = call(t, "patch", "/tenant?id=" .. id, { te_payment_type = "Post Paid", routing_profile_id = profile },
    t.global_key)
  t.equal(res.status, 200, res.body)
  t.equal(res.json.te_payment_type, "Post Paid")
  t.equal(res.json.te_rp_id, tostring(profile))
end)
