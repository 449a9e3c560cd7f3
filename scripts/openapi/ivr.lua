-- OpenAPI object ivr.
local resource = require "openapi.lib.resource"

return resource(require "model.ivr")
