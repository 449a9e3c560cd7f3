-- The OpenAPI dialect: keys, paths, methods, errors.
local patience = require "support.patience"

local PATH = "/mirtapbx/openapi.php"

local function get(t, path, headers)
  return t.http:get(PATH .. path, { headers = headers or {} })
end

local function code(res) return res.json and res.json.error and res.json.error.code end

test("a key by header, bearer or query", function(t)
  t.equal(get(t, "/dids?tenant=DEMO", { ["X-API-Key"] = t.key }).status, 200)
  t.equal(get(t, "/dids?tenant=DEMO", { Authorization = "Bearer " .. t.key }).status, 200)
  t.equal(get(t, "/dids?tenant=DEMO&key=" .. t.key).status, 200)
  local res = get(t, "/dids?tenant=DEMO")
  t.equal(res.status, 401)
  t.equal(res.json.error.message, "Missing API key.")
  res = get(t, "/dids?tenant=DEMO&key=wrong")
  t.equal(res.status, 401)
  t.equal(res.json.error.message, "Invalid API key.")
end)

test("tenants by code and name, wrong ones by kind of key", function(t)
  local header = { ["X-API-Key"] = t.global_key }
  t.equal(get(t, "/dids?tenant=Demo%20tenant", header).status, 200)
  t.equal(get(t, "/dids", header).status, 200, "all tenants")
  local res = get(t, "/dids?tenant=NOPE", header)
  t.equal(res.status, 404)
  t.equal(code(res), "tenant_not_found")
  t.equal(code(get(t, "/dids?tenant=%25", header)), "single_tenant_required")
  t.equal(code(get(t, "/dids", { ["X-API-Key"] = t.key })), "invalid_api_key")
  t.equal(code(get(t, "/dids?tenant=OTHER", { ["X-API-Key"] = t.key })), "invalid_api_key")
end)

test("unknown paths and methods", function(t)
  local header = { ["X-API-Key"] = t.key }
  local res = get(t, "/nothing?tenant=DEMO", header)
  t.equal(res.status, 404)
  t.equal(res.json.error.message, "Endpoint not found.")
  res = t.http:post(PATH .. "/dids/1?tenant=DEMO", { headers = header, json = {} })
  t.equal(res.status, 405)
  t.contains(res.headers.allow, "PATCH")
  t.equal(res.json.error.message, "Supported methods are GET, POST, PUT, PATCH and DELETE.")
end)

-- Answered 400 missing_identifier, as if a list could be changed.
test("a plural path without an id takes GET and POST", function(t)
  local header = { ["X-API-Key"] = t.key }
  for _, method in ipairs({ "put", "patch", "delete" }) do
    local res = t.http[method](t.http, PATH .. "/dids?tenant=DEMO", { headers = header, json = {} })
    t.equal(res.status, 405, method)
    t.equal(res.headers.allow, "GET, POST, OPTIONS")
    res = t.http[method](t.http, PATH .. "/did?tenant=DEMO", { headers = header, json = {} })
    t.equal(code(res), "missing_identifier", method)
  end
end)

test("aliases, singular and plural, the three mounts", function(t)
  local header = { ["X-API-Key"] = t.key }
  for _, path in ipairs({ "/mirtapbx/openapi.php/phones", "/pbx/openapi.php/provisioningphones", "/openapi.php/provisioning_phones" }) do
    t.equal(t.http:get(path .. "?tenant=DEMO", { headers = header }).status, 200, path)
  end
  t.equal(code(get(t, "/phone?tenant=DEMO", header)), "missing_identifier")
end)

test("the compatibility form never changes anything on GET", function(t)
  local header = { ["X-API-Key"] = t.key }
  local made = t.http:post(PATH .. "?object=did&action=create&tenant=DEMO", { headers = header, json = { number = "39" } })
  t.equal(made.status, 201, made.body)
  local id = made.json.id
  t.equal(#get(t, "?object=did&action=list&tenant=DEMO", header).json, 1)
  t.equal(get(t, "?object=did&action=info&id=" .. id .. "&tenant=DEMO", header).json.id, id)
  for _, action in ipairs({ "create", "modify", "delete" }) do
    local res = get(t, "?object=did&action=" .. action .. "&id=" .. id .. "&tenant=DEMO", header)
    t.equal(res.status, 405, action)
  end
  local res = t.http:put(PATH .. "?object=did&action=update&objectid=" .. id .. "&tenant=DEMO",
    { headers = header, json = { comment = "x" } })
  t.equal(res.json.di_comment, "x")
  res = t.http:delete(PATH .. "?object=did&action=delete&objectid=" .. id .. "&tenant=DEMO", { headers = header })
  t.equal(res.json, { deleted = true, id = id, object = "did" })
end)

test("bodies that are no object", function(t)
  for _, body in ipairs({ "{", "7", '"x"', "[1]" }) do
    local res = t.http:post(PATH .. "/dids?tenant=DEMO", { body = body,
      headers = { ["X-API-Key"] = t.key, ["Content-Type"] = "application/json" } })
    t.equal(res.status, 400, body)
    t.equal(code(res), "invalid_json", body)
  end
end)

test("JSON is JSON whatever its type says, and forms work too", function(t)
  local header = { ["X-API-Key"] = t.key, ["Content-Type"] = "application/x-www-form-urlencoded" }
  local res = t.http:post(PATH .. "/dids?tenant=DEMO", { headers = header, body = '{"number":"3901"}' })
  t.equal(res.status, 201, res.body)
  res = t.http:post(PATH .. "/dids?tenant=DEMO", { headers = header, body = "number=3902&comment=a+b" })
  t.equal(res.json.di_comment, "a b")
end)

test("browsers may ask", function(t)
  local res = t.http:options(PATH .. "/dids", { headers = { Origin = "https://example.com" } })
  t.equal(res.status, 204)
  t.equal(res.headers["access-control-allow-origin"], "*")
  t.contains(res.headers["access-control-allow-methods"], "PATCH")
  res = get(t, "/dids?tenant=DEMO", { ["X-API-Key"] = t.key })
  t.equal(res.headers["access-control-allow-origin"], "*")
  t.matches(res.headers["content-type"], "^application/json")
  t.contains(res.headers["access-control-expose-headers"], "ETag")
end)

test("every object refuses a stranger", function(t)
  local document = get(t, "/openapi.json").json
  for path, operations in pairs(document.paths) do
    local needs_key = operations.get and operations.get.security[1] and path ~= "/"
    if needs_key and not path:find("{", 1, true) then
      local res = get(t, path .. "?tenant=DEMO", { ["X-API-Key"] = t.other_key })
      t.equal(res.status, 401, path)
    end
  end
end)

test("a read ends when its client has gone", function(t)
  patience.ends_reads(t, PATH .. "/dawdle?tenant=DEMO", { headers = { ["X-API-Key"] = t.key } })
end)

test("what has an id cannot be created", function(t)
  local header = { ["X-API-Key"] = t.key }
  for _, path in ipairs({ "/did", "/dids" }) do
    local res = t.http:post(PATH .. path .. "?id=1&tenant=DEMO", { headers = header, json = {} })
    t.equal(res.status, 405, path)
    t.equal(res.headers.allow, "GET, PUT, PATCH, DELETE, OPTIONS")
  end
end)
