-- OpenAPI object phonebookentry.
local resource = require "lib.resource"

return resource(require "model.phonebookentry")
