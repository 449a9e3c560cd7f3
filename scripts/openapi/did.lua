-- OpenAPI object did.
local resource = require "lib.resource"

return resource(require "model.did")
