-- OpenAPI object huntlist.
local resource = require "openapi.lib.resource"

return resource(require "model.huntlist")
