-- OpenAPI paginggroup: plain numbers are extension ids.
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

test("plain numbers are extensions", function(t)
  local id = extension(t, "330")
  local res = call(t, "post", "/intercoms?tenant=DEMO", { name = "All", number = "800", extensions = { id } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.destinations.PAGING[1].tag, "EXT-" .. id)
end)
