-- lib.resource: a model is a whole set of paths.
local campaignnumber = require "model.campaignnumber"
local resource = require "lib.resource"

test("filters become parameters beside those of every list", function(t)
  local params = resource.list_params(campaignnumber)
  t.equal(params.caid.type, "integer")
  t.equal(params.limit.type, "integer")
end)

test("id comes from the path or the query, and must be one", function(t)
  local header = { ["X-API-Key"] = t.key }
  local path = "/mirtapbx/openapi.php"
  t.equal(t.http:get(path .. "/campaigns/12?tenant=DEMO", { headers = header }).status, 404)
  t.equal(t.http:get(path .. "/campaign?objectid=12&tenant=DEMO", { headers = header }).status, 404)
  t.equal(t.http:get(path .. "/campaigns/1x?tenant=DEMO", { headers = header }).json.error.code, "invalid_identifier")
end)
