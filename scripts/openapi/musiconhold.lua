-- OpenAPI object musiconhold.
local resource = require "openapi.lib.resource"

return resource(require "model.musiconhold")
