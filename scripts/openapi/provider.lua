-- OpenAPI object provider.
local resource = require "openapi.lib.resource"

return resource(require "model.provider")
