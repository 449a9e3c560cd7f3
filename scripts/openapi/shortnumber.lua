-- OpenAPI object shortnumber.
local resource = require "openapi.lib.resource"

return resource(require "model.shortnumber")
