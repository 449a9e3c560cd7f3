-- OpenAPI object did.
local resource = require "openapi.lib.resource"

return resource(require "model.did")
