-- OpenAPI condition: rows of a schedule, both ways out.
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

test("a schedule is replaced as a whole", function(t)
  local id = extension(t, "310")
  local res = call(t, "post", "/conditions?tenant=DEMO", { name = "Open", type = "WEEKTIME",
    extended_infos = { { param1 = "1", param2 = "8:00", param3 = "13:00" }, { param1 = "1", param2 = "15:00", param3 = "19:00" } },
    ["true"] = { "EXT-" .. id }, destinations = { CONDITION2 = { "EXT-" .. id } } })
  t.equal(res.status, 201, res.body)
  t.equal(#res.json.related.extended_infos, 2)
  t.equal(res.json.related.extended_infos[2].ce_param2, "15:00")
  t.equal(res.json.related.destinations.CONDITION[1].id, id)
  t.equal(res.json.related.destinations.CONDITION2[1].id, id)
  res = call(t, "patch", "/conditions/" .. res.json.id .. "?tenant=DEMO", { extended_infos = {} })
  t.equal(#res.json.related.extended_infos, 0)
end)

test("what a call depends on stays", function(t)
  local id = extension(t, "311")
  call(t, "post", "/conditions?tenant=DEMO", { type = "HOURS", condition = { "EXT-" .. id } })
  local res = call(t, "delete", "/extensions/" .. id .. "?tenant=DEMO")
  t.equal(res.status, 409)
  t.matches(res.json.error.message, "CONDITION%-%d+")
end)
