-- OpenAPI object disa.
local resource = require "openapi.lib.resource"

return resource(require "model.disa")
