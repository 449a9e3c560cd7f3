-- OpenAPI object provider.
local resource = require "lib.resource"

return resource(require "model.provider")
