-- OpenAPI object customdestination.
local resource = require "openapi.lib.resource"

return resource(require "model.customdestination")
