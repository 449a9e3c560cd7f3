-- OpenAPI object disa.
local resource = require "lib.resource"

return resource(require "model.disa")
