-- OpenAPI object routingprofile.
local resource = require "openapi.lib.resource"

return resource(require "model.routingprofile")
