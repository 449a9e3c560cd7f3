-- OpenAPI object userprofile.
local resource = require "lib.resource"

return resource(require "model.userprofile")
