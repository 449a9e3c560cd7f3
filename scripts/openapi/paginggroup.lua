-- OpenAPI object paginggroup.
local resource = require "lib.resource"

return resource(require "model.paginggroup")
