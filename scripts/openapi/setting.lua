-- OpenAPI object setting.
local resource = require "lib.resource"

return resource(require "model.setting")
