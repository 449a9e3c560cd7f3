-- OpenAPI object featurecode.
local resource = require "lib.resource"

return resource(require "model.featurecode")
