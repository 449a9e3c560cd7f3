-- OpenAPI object tenant.
local resource = require "lib.resource"

return resource(require "model.tenant")
