-- OpenAPI object conferenceroom.
local resource = require "lib.resource"

return resource(require "model.conferenceroom")
