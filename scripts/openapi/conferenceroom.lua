-- OpenAPI object conferenceroom.
local resource = require "openapi.lib.resource"

return resource(require "model.conferenceroom")
