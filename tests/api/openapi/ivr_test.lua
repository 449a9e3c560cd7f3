-- OpenAPI ivr: a destination per key.
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

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
