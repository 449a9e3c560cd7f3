-- OpenAPI object condition.
local resource = require "lib.resource"

return resource(require "model.condition")
