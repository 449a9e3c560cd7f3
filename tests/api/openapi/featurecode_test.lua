-- OpenAPI featurecode: spec example "Create a global feature code".
local call = require("support.openapi").call

test("Create a global feature code", function(t)
  local res = call(t, "post", "/featurecodes?global=yes", { code = "*56", comment = "Pickup" }, t.global_key)
  t.equal(res.status, 201, res.body)
  t.equal(res.json.fe_te_id, "0")
  t.equal(res.json.name, "*56")
  t.equal(#call(t, "get", "/features?global=on", nil, t.global_key).json, 1)
end)

test("the global level is not a tenant's", function(t)
  local res = call(t, "post", "/featurecodes?global=1&tenant=DEMO", { code = "*57" })
  t.equal(res.status, 403)
  t.equal(res.json.error.code, "admin_required")
end)
