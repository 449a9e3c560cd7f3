-- OpenAPI object mediafile.
local resource = require "openapi.lib.resource"

return resource(require "model.mediafile")
