-- OpenAPI /extensions/state.
local openapi = require "support.openapi"
local call, extension, PATH = openapi.call, openapi.extension, openapi.path

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

test("eight values in their order, by number or ext, for CUSTOM too", function(t)
  t.http:post(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = { number = "352", tech = "CUSTOM", dialstring = "PJSIP/x" } })
  for _, path in ipairs({ "/extensions/state?number=352&", "/extension/state?ext=352&" }) do
    local res = call(t, "get", path .. "tenant=DEMO")
    t.equal(res.status, 200, res.body)
    t.equal({ res.json.UniqueID, res.json.LinkedID }, { "OK", "No call" })
    local last = 0
    for _, name in ipairs({ "UniqueID", "LinkedID", "Connected Line ID", "Connected Line ID Name", "Context", "Extension", "Direction", "OtherParty" }) do
      local at = res.body:find('"' .. name .. '":', 1, true)
      t.truthy(at and at > last, name)
      last = at
    end
  end
  t.equal(call(t, "get", "/extensions/state?number=352&tenant=OTHER", nil, t.other_key).status, 404)
  t.equal(call(t, "get", "/extensions/state?number=352", nil, t.global_key).json.error.code, "tenant_required")
  t.equal(call(t, "get", "/extensions/state?number=a%20b&tenant=DEMO").json.error.field, "number")
  t.equal(call(t, "get", "/extensions/state?number=352&tenant=DEMO", nil, t.read_key).status, 200)
  local res = t.http:post(PATH .. "/extensions/state?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = {} })
  t.equal(res.headers.allow, "GET, OPTIONS")
end)
