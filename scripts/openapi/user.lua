-- OpenAPI object user.
local resource = require "openapi.lib.resource"

return resource(require "model.user")
