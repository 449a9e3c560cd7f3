-- OpenAPI object mediafile.
local resource = require "lib.resource"

return resource(require "model.mediafile")
