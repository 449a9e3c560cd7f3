-- OpenAPI tenantvariable.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("a value for a defined name", function(t)
  local res = call(t, "post", "/variables?tenant=DEMO", { variable_id = 1, value = "en", comment = "c" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.tv_value, "en")
  t.equal(call(t, "post", "/variables?tenant=DEMO", { variable_id = 1 }).status, 409)
  t.equal(call(t, "post", "/variables?tenant=DEMO", { variable_id = 999 }).json.error.field, "variable_id")
end)
