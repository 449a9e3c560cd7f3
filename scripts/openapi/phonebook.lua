-- OpenAPI object phonebook.
local resource = require "openapi.lib.resource"

return resource(require "model.phonebook")
