-- Request examples of the manual that belong to no single object's test, named after their headings.
-- docs/compat/openapi.md lists all of them.
local openapi = require "support.openapi"
local call, PATH = openapi.call, openapi.path

local function made(t, path, json, key)
  local res = call(t, "post", path, json, key)
  t.equal(res.status, 201, res.body)
  return res.json
end

test("Specification", function(t)
  for _, path in ipairs({ "", "?spec=1", "/openapi.json", "/swagger.json" }) do
    local res = t.http:get(PATH .. path)
    t.equal(res.status, 200, path)
    t.equal(res.json.openapi, "3.0.3", path)
  end
end)

test("Authentication", function(t)
  made(t, "/extensions?tenant=DEMO", { number = "100" })
  t.equal(#t.http:get(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key } }).json, 1)
  local res = t.http:get(PATH .. "/extension?number=100&tenant=DEMO", { headers = { Authorization = "Bearer " .. t.key } })
  t.equal(res.json.number, "100")
end)

test("Query Parameter, Header, Bearer Token", function(t)
  t.equal(t.http:get(PATH .. "/extensions?tenant=DEMO&key=" .. t.key).status, 200)
  t.equal(t.http:get(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key } }).status, 200)
  t.equal(t.http:get(PATH .. "/extensions?tenant=DEMO", { headers = { Authorization = "Bearer " .. t.key } }).status, 200)
  -- of several the header counts, then the bearer
  t.equal(t.http:get(PATH .. "/extensions?tenant=DEMO&key=wrong", { headers = { ["X-API-Key"] = t.key, Authorization = "Bearer wrong" } }).status, 200)
  t.equal(t.http:get(PATH .. "/extensions?tenant=DEMO&key=" .. t.key, { headers = { ["X-API-Key"] = "wrong" } }).status, 401)
  t.equal(t.http:get(PATH .. "/extensions?tenant=DEMO&key=" .. t.key, { headers = { Authorization = "Bearer wrong" } }).status, 401)
end)

test("Tenant API Key", function(t)
  t.equal(call(t, "get", "/extensions?tenant=DEMO").status, 200)
  t.equal(call(t, "get", "/extensions").json.error.code, "invalid_api_key")
end)

test("Global API Key", function(t)
  made(t, "/extensions?tenant=OTHER", { number = "100" }, t.other_key)
  t.equal(#call(t, "get", "/extensions", nil, t.global_key).json, 2, "of all tenants")
  t.equal(#call(t, "get", "/extensions?tenant=OTHER", nil, t.global_key).json, 1)
  t.equal(call(t, "get", "/featurecodes?global=yes", nil, t.global_key).status, 200)
  t.equal(call(t, "get", "/users?tenant=DEMO").json.error.code, "admin_required")
end)

test("Create a PJSIP extension", function(t)
  local res = made(t, "/extensions?tenant=DEMO", { number = "210", name = "API Demo", tech = "PJSIP", password = "change-this-secret" })
  t.equal({ res.number, res.name, res.tech }, { "210", "API Demo", "PJSIP" })
  t.equal(#t.sql("SELECT 1 FROM ps_endpoints WHERE id = '210-DEMO'"), 1)
end)

test("Update a queue name", function(t)
  local id = made(t, "/queues?tenant=DEMO", { name = "Accounting" }).id
  local res = call(t, "patch", "/queues/" .. id .. "?tenant=DEMO", { name = "Accounting Support" })
  t.equal(res.status, 200)
  t.equal(res.json.qu_name, "Accounting Support")
end)

test("Destinations", function(t)
  local phone = made(t, "/extensions?tenant=DEMO", { number = "101" }).id
  local box = made(t, "/voicemails?tenant=DEMO", { mailbox = "10" }).id
  local res = made(t, "/dids?tenant=DEMO", { di_number = "390212345678", di_comment = "Main number",
    destinations = { DID = { "EXT-" .. phone }, ["DID-UNCONDITIONAL"] = { { type = "VOICEMAIL", id = box } } } })
  t.equal(res.related.destinations.DID[1].tag, "EXT-" .. phone)
  t.equal(res.related.destinations["DID-UNCONDITIONAL"][1].tag, "VOICEMAIL-" .. box)
end)

local function refused(t, res, status, code, message)
  t.equal(res.status, status)
  t.equal(res.json.error.code, code)
  t.equal(res.json.error.message, message)
  t.matches(res.headers["content-type"], "^application/json")
end

test("Missing Identifier", function(t)
  refused(t, call(t, "get", "/extension?tenant=DEMO"), 400, "missing_identifier", "Provide an extension id or number.")
end)

test("Invalid Identifier", function(t)
  refused(t, call(t, "get", "/extension?id=1&number=2&tenant=DEMO"), 400, "invalid_identifier", "Use either id or number, not both.")
end)

test("Extension Not Found", function(t)
  refused(t, call(t, "get", "/extension?number=99999&tenant=DEMO"), 404, "extension_not_found", "Extension not found.")
end)

test("Multiple Extensions Found", function(t)
  refused(t, call(t, "get", "/extension?number=100", nil, t.global_key), 409, "multiple_extensions_found",
    "Multiple extensions match the requested number. Use the tenant parameter or the extension id.")
end)

test("Missing API Key", function(t)
  refused(t, t.http:get(PATH .. "/extensions?tenant=DEMO"), 401, "missing_api_key", "Missing API key.")
end)

test("Invalid API Key", function(t)
  refused(t, call(t, "get", "/extensions?tenant=DEMO", nil, "wrong"), 401, "invalid_api_key", "Invalid API key.")
end)

test("Tenant Not Found", function(t)
  refused(t, call(t, "get", "/extensions?tenant=NOPE", nil, t.global_key), 404, "tenant_not_found", "Tenant not found.")
end)

test("Endpoint Not Found", function(t)
  refused(t, call(t, "get", "/nowhere?tenant=DEMO"), 404, "not_found", "Endpoint not found.")
end)

test("Method Not Allowed", function(t)
  local res = call(t, "post", "/extensions/1?tenant=DEMO", {})
  refused(t, res, 405, "method_not_allowed", "Supported methods are GET, POST, PUT, PATCH and DELETE.")
  t.equal(res.headers.allow, "GET, PUT, PATCH, DELETE, OPTIONS")
end)

test("a body that is no JSON object, and a key from an address it is not for", function(t)
  local res = t.http:post(PATH .. "/dids?tenant=DEMO", { headers = { ["X-API-Key"] = t.key, ["Content-Type"] = "application/json" }, body = "{" })
  t.equal({ res.status, res.json.error.code }, { 400, "invalid_json" })
  t.sql('UPDATE "keys" SET ak_ip_filter = ? WHERE ak_te_id = (SELECT te_id FROM te_tenants WHERE te_code = ?)', { "192.0.2.0/24", "OTHER" })
  res = call(t, "get", "/dids?tenant=OTHER", nil, t.other_key)
  t.equal({ res.status, res.json.error.code }, { 403, "api_ip_not_allowed" })
end)

test("a limit of the tenant on DIDs", function(t)
  t.sql("UPDATE te_tenants SET te_maxdids = 0 WHERE te_code = 'DEMO'")
  local res = call(t, "post", "/dids?tenant=DEMO", { number = "1" })
  t.equal({ res.status, res.json.error.code }, { 403, "license_limit" })
end)

test("a tenant's name that two tenants have", function(t)
  for _, code in ipairs({ "TWIN1", "TWIN2" }) do
    local res = t.http:post("/openapi.php/tenants", { headers = { ["X-API-Key"] = t.global_key }, json = { name = "Twins", code = code } })
    t.equal(res.status, 201, res.body)
  end
  local res = t.http:get("/openapi.php/extensions?tenant=Twins", { headers = { ["X-API-Key"] = t.global_key } })
  t.equal(res.status, 400)
  t.equal(res.json.error.code, "single_tenant_required")
  t.sql("UPDATE te_tenants SET te_name = 'Twins' WHERE te_code = 'DEMO'")
  res = t.http:get("/openapi.php/extensions?tenant=Twins", { headers = { ["X-API-Key"] = t.key } })
  t.sql("UPDATE te_tenants SET te_name = 'Demo' WHERE te_code = 'DEMO'")
  t.equal(res.status, 200, "a tenant's key means its own")
end)

test("what is there already is named by its field", function(t)
  local function make(path, body)
    return t.http:post("/openapi.php" .. path, { headers = { ["X-API-Key"] = t.global_key }, json = body })
  end
  t.equal(make("/tenants", { name = "One", code = "ONCE" }).status, 201)
  local res = make("/tenants", { name = "Two", code = "ONCE" })
  t.equal({ res.status, res.json.error.code, res.json.error.field }, { 409, "already_exists", "code" })
  t.equal(res.json.error.message, "Tenant already exists with this code.")
  t.equal(make("/users", { username = "once", password = "x" }).status, 201)
  t.equal(make("/users", { username = "once", password = "x" }).json.error.field, "username")
end)

test("a destination is refused by the name the client gave it", function(t)
  local function make(body)
    return t.http:post("/openapi.php/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = body }).json.error
  end
  t.equal(make({ number = "790", onbusy = { "VOICEMAIL-99999" } }).field, "onbusy")
  t.equal(make({ number = "790", onbusy = { "NOTHING-1" } }).message, "onbusy: unknown destination type: NOTHING")
  t.equal(make({ number = "790", destinations = { busy = { 7 } } }).field, "busy")
  t.equal(make({ number = "790", destinations = { ["EXT-BUSY"] = { "EXT" } } }).field, "EXT-BUSY")
end)
