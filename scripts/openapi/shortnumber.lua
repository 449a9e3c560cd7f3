-- OpenAPI object shortnumber.
local resource = require "lib.resource"

return resource(require "model.shortnumber")
