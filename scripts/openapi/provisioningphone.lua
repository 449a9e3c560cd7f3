-- OpenAPI object provisioningphone.
local resource = require "openapi.lib.resource"

return resource(require "model.provisioningphone")
