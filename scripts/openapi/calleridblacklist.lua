-- OpenAPI object calleridblacklist.
local resource = require "lib.resource"

return resource(require "model.calleridblacklist")
