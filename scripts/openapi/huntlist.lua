-- OpenAPI object huntlist.
local resource = require "lib.resource"

return resource(require "model.huntlist")
