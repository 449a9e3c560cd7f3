-- OpenAPI paginggroup: plain numbers are extension ids.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function extension(t, number)
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("plain numbers are extensions", function(t)
  local id = extension(t, "330")
  local res = call(t, "post", "/intercoms?tenant=DEMO", { name = "All", number = "800", extensions = { id } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.destinations.PAGING[1].tag, "EXT-" .. id)
end)
