-- OpenAPI customdestination.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("a custom destination has a known type", function(t)
  local res = call(t, "post", "/customs?tenant=DEMO", { name = "Dial", type_id = 1, cu_param1 = "123",
    extended_infos = { { param1 = "a" } } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.extended_infos[1].ce_param1, "a")
  t.equal(#res.json.related.binary_files, 0)
  t.equal(call(t, "post", "/customs?tenant=DEMO", { name = "Dial", type_id = 999 }).json.error.field, "type_id")
  t.equal(call(t, "post", "/customs?tenant=DEMO", { name = "Dial" }).json.error.code, "missing_required_field")
end)
