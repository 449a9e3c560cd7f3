-- OpenAPI object ivr.
local resource = require "lib.resource"

return resource(require "model.ivr")
