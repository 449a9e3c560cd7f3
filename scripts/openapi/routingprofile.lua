-- OpenAPI object routingprofile.
local resource = require "lib.resource"

return resource(require "model.routingprofile")
