-- OpenAPI object room.
local resource = require "openapi.lib.resource"

return resource(require "model.room")
