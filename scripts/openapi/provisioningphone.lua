-- OpenAPI object provisioningphone.
local resource = require "lib.resource"

return resource(require "model.provisioningphone")
