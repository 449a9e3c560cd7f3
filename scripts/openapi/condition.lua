-- OpenAPI object condition.
local resource = require "openapi.lib.resource"

return resource(require "model.condition")
