-- OpenAPI object phonebook.
local resource = require "lib.resource"

return resource(require "model.phonebook")
