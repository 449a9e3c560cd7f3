-- OpenAPI object customdestination.
local resource = require "lib.resource"

return resource(require "model.customdestination")
