-- OpenAPI object cronjob.
local resource = require "lib.resource"

return resource(require "model.cronjob")
