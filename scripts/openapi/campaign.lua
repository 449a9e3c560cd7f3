-- OpenAPI object campaign.
local resource = require "lib.resource"

return resource(require "model.campaign")
