-- OpenAPI object cronjob.
local resource = require "openapi.lib.resource"

return resource(require "model.cronjob")
