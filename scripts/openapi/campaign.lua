-- OpenAPI object campaign.
local resource = require "openapi.lib.resource"

return resource(require "model.campaign")
