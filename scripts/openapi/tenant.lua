-- OpenAPI object tenant.
local resource = require "openapi.lib.resource"

return resource(require "model.tenant")
