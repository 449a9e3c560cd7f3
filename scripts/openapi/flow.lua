-- OpenAPI object flow.
local resource = require "lib.resource"

return resource(require "model.flow")
