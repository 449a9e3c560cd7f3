-- OpenAPI object user.
local resource = require "lib.resource"

return resource(require "model.user")
