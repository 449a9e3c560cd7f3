-- OpenAPI object tenantvariable.
local resource = require "openapi.lib.resource"

return resource(require "model.tenantvariable")
