-- OpenAPI /auth/token: a login for once or until a time.
local json = require "json"
local resource = require "openapi.lib.resource"
local schema = require "document.schema"
local token = require "model.token"

-- What is missing has an error of its own, below.
local USER = { max = 191, summary = "login name of a user or an extension", example = "operator",
  document = { min = 1, required = true } }
local VALIDITY = { max = 40, summary = "ONCE or YYYY-MM-DD HH:MM:SS", example = "ONCE", document = { schema = {
  default = "ONCE", description = "ONCE, or until when: a time to come. Nothing, null and false are ONCE.",
  anyOf = json.array({
    { type = "string", nullable = true, maxLength = 40, pattern = "^([Oo][Nn][Cc][Ee]|" .. schema.DATETIME .. ")?$" },
    { type = "boolean", enum = json.array({ false }) },
  }) } } }

local TEXT = { type = "string" }
local KIND = { type = "string", enum = { "USER", "WEBPASSWORD" }, description = "A user, or an extension." }
local TRIED = { type = "boolean", description = "Only checked, nothing changed." }
local MADE = {
  type = "object", required = { "user", "target_type" },
  properties = { token = { type = "string", description = "Shown once." }, user = TEXT, target_type = KIND,
    dry_run = TRIED },
  example = { token = "0d5f0d2c9f4d4b6a8f3e7c1b2a39485766554433221100ff", user = "operator", target_type = "USER" },
}
local RESET = {
  type = "object", required = { "user", "target_type" },
  properties = { reset = { type = "boolean" }, user = TEXT, target_type = KIND, dry_run = TRIED },
  example = { reset = true, user = "operator", target_type = "USER" },
}

local auth_token = route {
  object = "auth_token", summary = "Tokens to log in with.", tags = { "Authentication" },
  actions = {
    create = {
      access = "admin", verb = "POST /auth/token", tenant = "optional", result = MADE,
      params = { dry_run = resource.DRY_RUN },
      body = { user = USER, validity = VALIDITY },
    },
    delete = {
      access = "admin", verb = "DELETE /auth/token", tenant = "optional", result = RESET,
      params = { user = USER, dry_run = resource.DRY_RUN },
      body = { user = USER },
    },
  },
}

function auth_token.create(req)
  return token.generate(req.ctx, req.params.user, req.params.validity)
end

function auth_token.delete(req) return token.reset(req.ctx, req.params.user) end

return auth_token
