-- OpenAPI /extensions/state.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function extension(t, number)
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("a phone that is not registered, and one that is unknown", function(t)
  extension(t, "350")
  local res = call(t, "get", "/extensions/state?tenant=DEMO&number=350")
  t.equal(res.status, 200, res.body)
  t.equal(res.json.UniqueID, "KO")
  t.equal(res.json.LinkedID, "Extension not registered")
  local count = 0
  for _ in pairs(res.json) do count = count + 1 end
  t.equal(count, 8)
  t.equal(call(t, "get", "/extensions/state?tenant=DEMO&ext=351").json.error.code, "extension_not_found")
  t.equal(call(t, "get", "/extensions/state?tenant=DEMO").status, 400)
end)
