-- /auth: bearer tokens for people, renewed by a cookie.
local access = require "mikopbx.lib.access"
local cache = require "cache"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local people = require "access.people"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"

local REFRESHES, WINDOW = 100, 300
local MONTH, DAY = 30 * 86400, 86400
local HOME = "/admin-cabinet/extensions/index"

local auth = route {
  family = "auth",
  summary = "Log in, renew the token, log out.",
  actions = {
    login = {
      access = "public", tenant = "none", verb = "POST /auth:login", result = shapes.token,
      statuses = { ["401"] = "The name or the password is wrong." },
      body = { login = { max = 100, document = { required = true }, example = "admin" },
        password = { max = 255, secret = true, document = { required = true } },
        rememberMe = { type = "boolean", default = false, summary = "for a month" } },
    },
    refresh = { access = "public", tenant = "none", verb = "POST /auth:refresh", result = shapes.token,
      statuses = { ["401"] = "No cookie, or an old one." } },
    logout = { access = "write", verb = "POST /auth:logout", result = shapes.message },
    validateToken = {
      access = "public", tenant = "none", verb = "GET /auth:validateToken",
      statuses = { ["403"] = "Not from the machine itself, or no good token." },
      params = { token = { secret = true, summary = "a token of a login, or a key" } },
      result = shapes.bare(shapes.record({}, { error = "text", jsonapi = { type = "object" }, meta = { type = "object" } })),
    },
  },
}

local function refuse(status, text)
  local code = status == 400 and "invalid" or "unauthenticated"
  return nil, { code = code, status = status, message = text, retry_after = status == 429 and WINDOW or nil }
end

local function set_cookie(req, value, age)
  return access.set_cookie(req, "refreshToken", value, "HttpOnly; SameSite=Strict; Path=/", age)
end

function auth.login(req)
  local name, password = req.params.login, req.params.password
  if type(name) ~= "string" or type(password) ~= "string" or name == "" or password == "" then
    return refuse(400, "auth_LoginPasswordRequired")
  end
  local user, err = access.administrator(name, password, req.peer)
  if not user then
    if err.status == 429 then
      return refuse(429, ("auth_TooManyLoginAttempts: wait %d seconds"):format(people.WINDOW))
    end
    if err.code ~= "unauthenticated" and err.code ~= "denied" then return nil, err end
    local left = err.left or people.failed(name, req.peer)
    return refuse(401, ("auth_WrongLoginPassword: %d attempts left"):format(left))
  end
  local token
  token, err = access.token(user)
  if not token then return nil, err end
  local remember = req.params.rememberMe == true
  local cookie
  cookie, err = access.open_session(user, "refresh", req.peer, remember and MONTH or DAY)
  if not cookie then return nil, err end
  return reply.of({
    accessToken = token, tokenType = "Bearer", expiresIn = access.TOKEN_SECONDS, login = name,
  }, { status = 200, headers = set_cookie(req, cookie, remember and MONTH or nil) })
end

function auth.refresh(req)
  local cookie = access.cookie(req, "refreshToken")
  if not cookie or cookie == "" then return refuse(401, "auth_RefreshTokenMissing") end
  if cache.count("mikopbx.refresh:" .. req.peer, WINDOW) > REFRESHES then
    return refuse(429, ("auth_TooManyLoginAttempts: wait %d seconds"):format(WINDOW))
  end
  local user, err = access.session(cookie, "refresh")
  if err then return nil, err end
  if not user then return refuse(401, "auth_RefreshTokenExpired") end
  local token
  token, err = access.token(user)
  if not token then return nil, err end
  return reply.of({
    accessToken = token, tokenType = "Bearer", expiresIn = access.TOKEN_SECONDS, homePage = HOME,
  }, { status = 200 })
end

-- For a proxy on the same machine that asks before it passes a request on.
function auth.validateToken(req)
  local refused
  if not access.is_loopback(req) then refused = "only from the machine itself"
  else
    local caller, err = access.of_token(tostring(req.params.token or ""), req)
    if err and err.code ~= "unauthenticated" then return nil, err end
    if not caller then refused = "the token is missing, unknown or expired" end
  end
  local headers = { ["Access-Control-Allow-Origin"] = "*" }
  if refused then
    return reply.body(json.encode({ error = refused }), { status = 403, type = "application/json", headers = headers })
  end
  local text = json.encode(json.ordered("jsonapi", json.ordered("version", "1.0")))
  return reply.body((mikopbx.with_meta(text)), { type = "application/json", headers = headers })
end

function auth.logout(req)
  local cookie = access.cookie(req, "refreshToken")
  if cookie then
    local done, err = access.close_session(cookie, "refresh")
    if not done then return nil, err end
  end
  return reply.of({ message = "Successfully logged out" },
    { status = 200, headers = set_cookie(req, "", 0) })
end

return auth
