-- OpenAPI object flow.
local resource = require "openapi.lib.resource"

return resource(require "model.flow")
