-- OpenAPI object phonebookentry.
local resource = require "openapi.lib.resource"

return resource(require "model.phonebookentry")
