-- OpenAPI object queue.
local resource = require "openapi.lib.resource"

return resource(require "model.queue")
