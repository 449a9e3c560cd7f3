-- OpenAPI object calleridblacklist.
local resource = require "openapi.lib.resource"

return resource(require "model.calleridblacklist")
