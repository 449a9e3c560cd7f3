-- OpenAPI object tenantvariable.
local resource = require "lib.resource"

return resource(require "model.tenantvariable")
