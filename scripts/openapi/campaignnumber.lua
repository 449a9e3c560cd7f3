-- OpenAPI object campaignnumber.
local resource = require "openapi.lib.resource"

return resource(require "model.campaignnumber")
