-- OpenAPI huntlist: members in their order.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function extension(t, number)
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("members keep their order and leave with their extension", function(t)
  local first, second = extension(t, "601"), extension(t, "602")
  local res = call(t, "post", "/huntlists?tenant=DEMO",
    { name = "Sales", number = "600", type = "RINGALL", extensions = { "EXT-" .. second, "EXT-" .. first } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.destinations.HUNTLIST[1].id, second)
  t.equal(call(t, "delete", "/extensions/" .. second .. "?tenant=DEMO").status, 200)
  res = call(t, "get", "/huntlists/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#res.json.related.destinations.HUNTLIST, 1)
end)
