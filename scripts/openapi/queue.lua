-- OpenAPI object queue.
local resource = require "lib.resource"

return resource(require "model.queue")
