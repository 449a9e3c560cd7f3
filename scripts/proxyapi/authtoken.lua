-- reqtype=AUTHTOKEN: a login for once or until a time, in the place of a password.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"
local token = require "model.token"

local WHO = { type = "string", enum = { "USER", "WEBPASSWORD" } }
local MADE = shapes.custom(shapes.members("token user", { target_type = WHO }),
  { token = "5b1d3f", user = "ada", target_type = "USER" }, "5b1d3f")
local GONE = shapes.custom(shapes.members("user", { reset = { type = "boolean" }, target_type = WHO }),
  { reset = true, user = "ada", target_type = "USER" }, "OK")

local authtoken = route {
  reqtype = "AUTHTOKEN",
  summary = "Make a token that a user logs in with, or take it away.",
  params = { user = { max = 191, summary = "login name of a user or an extension" } },
  actions = {
    generate = {
      access = "admin", tenant = "optional", result = MADE,
      params = { validity = { max = 40, summary = "ONCE or YYYY-MM-DD HH:MM:SS" } },
    },
    reset = { access = "admin", tenant = "optional", result = GONE },
  },
}

local function shown(it, err, plain)
  if it then return answer.custom(it.token or plain, it) end
  if err.reason == "user_not_found" or err.reason == "missing_user" then
    return answer.failed("User not found")
  end
  if err.code == "invalid" then return answer.failed(err.message) end
  return nil, err
end

function authtoken.generate(req)
  local it, err = token.generate(req.ctx, req.params.user, req.params.validity)
  return shown(it, err)
end

function authtoken.reset(req)
  local it, err = token.reset(req.ctx, req.params.user)
  return shown(it, err, "OK")
end

return authtoken
