-- OpenAPI ivr: a destination per key.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function extension(t, number)
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("keys, words and custom keys have destinations", function(t)
  local id = extension(t, "320")
  local tag = "EXT-" .. id
  local res = call(t, "post", "/ivrs?tenant=DEMO", { name = "Menu", timeout = 5, key_1 = tag, star = { tag },
    destinations = { IVR_0 = { tag }, CUSTOMIVR_55 = { tag } } })
  t.equal(res.status, 201, res.body)
  local found = res.json.related.destinations
  t.equal(res.json.iv_timeout, "5")
  for _, key in ipairs({ "IVR_1", "IVR_0", "IVR_STAR", "CUSTOMIVR_55" }) do t.equal(found[key][1].id, id, key) end
  t.equal(call(t, "patch", "/ivrs/" .. res.json.id .. "?tenant=DEMO", { destinations = { IVR_X = {} } }).status, 400)
  call(t, "delete", "/ivrs/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM de_destinations"), 0)
end)
