-- OpenAPI object voicemail.
local resource = require "lib.resource"

return resource(require "model.voicemail")
