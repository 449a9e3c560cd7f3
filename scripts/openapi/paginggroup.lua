-- OpenAPI object paginggroup.
local resource = require "openapi.lib.resource"

return resource(require "model.paginggroup")
