-- OpenAPI object featurecode.
local resource = require "openapi.lib.resource"

return resource(require "model.featurecode")
