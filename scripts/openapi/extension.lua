-- OpenAPI object extension.
local resource = require "openapi.lib.resource"

return resource(require "model.extension")
