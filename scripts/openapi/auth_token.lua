-- OpenAPI /auth/token: a login for once or until a time.
local resource = require "lib.resource"
local token = require "model.token"

local USER = { max = 191, summary = "login name of a user or an extension", example = "operator" }

local auth_token = route {
  object = "auth_token", summary = "Tokens to log in with.", tags = { "Authentication" },
  actions = {
    create = {
      access = "admin", verb = "POST /auth/token", tenant = "optional",
      body = { user = USER, validity = { max = 40, summary = "ONCE or YYYY-MM-DD HH:MM:SS", example = "ONCE" } },
    },
    delete = {
      access = "admin", verb = "DELETE /auth/token", tenant = "optional", params = { user = USER },
      body = { user = USER },
    },
  },
}

function auth_token.create(req)
  return token.generate(resource.context(req), req.params.user, req.params.validity)
end

function auth_token.delete(req) return token.reset(resource.context(req), req.params.user) end

return auth_token
