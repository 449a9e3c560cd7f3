-- OpenAPI object voicemail.
local resource = require "openapi.lib.resource"

return resource(require "model.voicemail")
