-- OpenAPI object campaignnumber.
local resource = require "lib.resource"

return resource(require "model.campaignnumber")
