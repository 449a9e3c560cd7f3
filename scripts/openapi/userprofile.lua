-- OpenAPI object userprofile.
local resource = require "openapi.lib.resource"

return resource(require "model.userprofile")
