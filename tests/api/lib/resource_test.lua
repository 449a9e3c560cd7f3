-- lib.resource: a model is a whole set of paths.
local resource = require "lib.resource"

test("every object has its model, and filters become parameters", function(t)
  require "openapi.campaignnumber"
  t.equal(resource.models.campaignnumber.table, "cn_campaignnumbers")
  local params = resource.list_params(resource.models.campaignnumber)
  t.equal(params.caid.type, "integer")
  t.equal(params.limit.type, "integer")
end)
