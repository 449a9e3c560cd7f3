-- OpenAPI object musiconhold.
local resource = require "lib.resource"

return resource(require "model.musiconhold")
