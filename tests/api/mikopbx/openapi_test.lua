-- /openapi: the document of v3.
local client = require "support.mikopbx"
local bearer, BASE = client.bearer, client.BASE

test("a document without the envelope, and the permissions", function(t)
  local res = t.http:get(BASE .. "/openapi:getSpecification", { headers = bearer(t) })
  t.equal(res.status, 200)
  t.equal(res.json.openapi, "3.1.0")
  t.truthy(res.json.paths["/pbxcore/api/v3/employees/{id}"].patch)
  t.truthy(res.json.paths["/pbxcore/api/v3/sip:getStatuses"].get)
  local it = t.http:get(BASE .. "/openapi:getSimplifiedPermissions", { headers = bearer(t) })
  t.equal(it.json.data.resources["/api/v3/cdr"].available_actions, { "read", "write" })
end)
