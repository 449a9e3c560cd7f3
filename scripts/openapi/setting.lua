-- OpenAPI object setting.
local resource = require "openapi.lib.resource"

return resource(require "model.setting")
