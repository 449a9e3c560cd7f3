-- OpenAPI object extension.
local resource = require "lib.resource"

return resource(require "model.extension")
