-- OpenAPI tenantvariable.
local call = require("support.openapi").call

test("a value for a defined name", function(t)
  local res = call(t, "post", "/variables?tenant=DEMO", { variable_id = 1, value = "en", comment = "c" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.tv_value, "en")
  t.equal(call(t, "post", "/variables?tenant=DEMO", { variable_id = 1 }).status, 409)
  t.equal(call(t, "post", "/variables?tenant=DEMO", { variable_id = 999 }).json.error.field, "variable_id")
end)
