-- /openapi: the document of v3.
local client = require "support.mikopbx"
local bearer, BASE = client.bearer, client.BASE

test("a document without the envelope, and the permissions", function(t)
  local res = t.http:get(BASE .. "/openapi:getSpecification", { headers = bearer(t) })
  t.equal(res.status, 200)
  t.equal(res.json.openapi, "3.1.0")
  t.truthy(res.json.paths["/pbxcore/api/v3/employees/{id}"].patch)
  t.truthy(res.json.paths["/pbxcore/api/v3/sip:getStatuses"].get)
  local create = res.json.paths["/pbxcore/api/v3/employees"].post
  local body = create.requestBody.content["application/json"].schema
  t.equal({ body.properties.number.type, #body.required }, { "string", 3 })
  for _, status in ipairs({ "201", "400", "401", "403", "409", "422" }) do t.truthy(create.responses[status], status) end
  local shown = create.responses["201"].content["application/json"].schema.properties
  t.truthy(shown.data.properties.sip_secret)
  t.equal(shown.messages ~= nil and shown.meta ~= nil, true)
  local list = res.json.paths["/pbxcore/api/v3/call-queues"].get
  local names = {}
  for i, it in ipairs(list.parameters) do names[i] = it.name end
  table.sort(names)
  t.equal(names, { "limit", "offset", "order", "orderWay", "order_by", "order_direction", "search" })
  t.equal(res.json.paths["/pbxcore/api/v3/passwords:generate"].post ~= nil, true)
  t.truthy(res.json.components.schemas.PBXApiResult)
  t.equal(res.json.components.securitySchemes.bearerAuth.scheme, "bearer")
  t.equal(res.body:find('"nullable"', 1, true), nil)
  local it = t.http:get(BASE .. "/openapi:getSimplifiedPermissions", { headers = bearer(t) })
  t.equal(it.json.data.resources["/api/v3/cdr"].available_actions, { "read", "write" })
end)

test("permissions, rules and what operations take", function(t)
  local function get(name) return t.http:get(BASE .. "/openapi:" .. name, { headers = bearer(t) }).json.data end
  local it = get("getDetailedPermissions").categories.PBX_CORE_REST
  t.equal(it.type, "REST")
  t.contains(table.concat(it.controllers["/pbxcore/api/v3/cdr"].actions, " "), "getStatsByProvider")
  it = get("getAclRules")
  t.equal(it.permissions["/api/v3/cdr"].delete, "write")
  t.equal(it.permissions["/api/v3/cdr"].list, "read")
  t.contains(table.concat(it.operations["/api/v3/cdr"], " "), "DELETE /pbxcore/api/v3/cdr/{id}")
  it = get("getValidationSchemas")
  t.equal(it["/api/v3/cdr"].list.search.type, "string")
  t.truthy(it["/api/v3/employees"].create.user_username)
  local function clear(method, key)
    return t.http[method](t.http, BASE .. "/openapi:clearCache", { headers = bearer(t, key) })
  end
  t.equal({ clear("post").status, clear("delete").status, clear("post", t.read_key).status }, { 200, 200, 403 })
  t.truthy(clear("post").json.data.message)
end)

test("a route of the original without an action behind it", function(t)
  local res = t.http:get(BASE .. "/openapi", { headers = bearer(t) })
  t.equal({ res.status, res.json.result }, { 422, false })
  t.matches(res.json.messages.error[1], "^Unknown action %- getList in MikoPBX")
end)
