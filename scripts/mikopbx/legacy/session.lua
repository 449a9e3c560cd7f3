-- session/...: the cookie login of the admin cabinet.
local access = require "mikopbx.lib.access"
local json = require "json"
local people = require "access.people"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"

local DAY, MONTH = 86400, 30 * 86400

-- These pages answer without the envelope.
local LOGIN = shapes.bare(shapes.record({ success = "flag", reload = "anything", message = "anything" }))

local session = route {
  family = "session",
  summary = "Log in to the older API and out of it.",
  actions = {
    start = {
      access = "public", tenant = "none", verb = "POST /session/start", result = LOGIN,
      body = { login = { summary = "user name", example = "admin" }, password = { secret = true },
        rememberMeCheckBox = { summary = "on: for a month" } },
    },
    ["end"] = {
      access = "public", tenant = "none", verb = { "GET /session/end", "POST /session/end" }, result = LOGIN,
    },
  },
}

local function answer(value, headers)
  return reply.body(json.encode(value, { php = true }), { type = "application/json", headers = headers })
end

local function refused(reload, success, text, headers)
  return answer(json.ordered("success", success, "reload", reload,
    "message", { error = { text } }), headers)
end

local function cookie(req, value, age)
  return access.set_cookie(req, "PHPSESSID", value, "Path=/; HttpOnly; SameSite=Lax", age)
end

function session.start(req)
  local name = tostring(req.params.login or "")
  local user, err = access.administrator(name, tostring(req.params.password or ""), req.peer)
  if not user then
    if err.status == 429 then
      return refused("session/index", true, "auth_TooManyLoginAttempts: wait " .. people.WINDOW
        .. " seconds", { ["Retry-After"] = tostring(err.retry_after) })
    end
    if err.code ~= "unauthenticated" and err.code ~= "denied" then return nil, err end
    return refused(false, false, "auth_WrongLoginPassword: wrong login or password")
  end
  local remember = req.params.rememberMeCheckBox == "on"
  local value
  value, err = access.open_session(user, "cookie", req.peer, remember and MONTH or DAY)
  if not value then return nil, err end
  return answer(json.ordered("success", true, "reload", "index/index",
    "message", json.array({})), cookie(req, value, remember and MONTH or nil))
end

session["end"] = function(req)
  local value = access.cookie(req, "PHPSESSID")
  if value then
    local done, err = access.close_session(value, "cookie")
    if not done then return nil, err end
  end
  return answer(json.ordered("success", true, "reload", "session/index",
    "message", json.array({})), cookie(req, "", 0))
end

return session
