-- /passkeys: a login page asks for them before it asks for a password. Nobody has one here.
local crypto = require "crypto"
local json = require "json"
local refusal = require "mikopbx.lib.refusal"
local shapes = require "mikopbx.lib.shapes"

local REFUSED = { passkey = { "GET /passkeys/{id}", "POST /passkeys", "PATCH /passkeys/{id}", "DELETE /passkeys/{id}" },
  registration = { "POST /passkeys:registrationStart", "POST /passkeys:registrationFinish" },
  authenticationFinish = "POST /passkeys:authenticationFinish" }

local passkeys = route {
  family = "passkeys",
  summary = "Keys to log in with instead of a password: there are none.",
  params = { id = { pattern = "%d+" } },
  actions = refusal.actions(REFUSED, {
    list = { access = "read", verb = "GET /passkeys", result = shapes.nothing },
    checkAvailability = { access = "public", tenant = "none", verb = "GET /passkeys:checkAvailability",
      params = { login = { max = 255, summary = "who wants to log in" } },
      result = shapes.record({ hasPasskeys = "flag", count = "whole" }) },
    authenticationStart = { access = "public", tenant = "none", verb = "GET /passkeys:authenticationStart",
      params = { origin = { max = 500, summary = "address of the page", document = { required = true } }, login = { max = 255 } },
      result = shapes.record(shapes.members("sessionId challenge rpId userVerification", "text",
        { allowCredentials = shapes.nothing, timeout = "whole" })) },
  }),
}

function passkeys.list() return json.array({}) end

function passkeys.checkAvailability() return { hasPasskeys = false, count = 0 } end

-- With nothing to choose from a browser lets its owner type a password.
function passkeys.authenticationStart(req)
  local origin = tostring(req.params.origin or "")
  if origin == "" then return nil, { code = "invalid", message = "pk_OriginRequired" } end
  local host = origin:match("^https?://%[([%x:.]+)%]") or origin:match("^https?://([%w.-]+)")
  if not host then return nil, { code = "invalid", message = "origin: not the address of a page" } end
  local challenge = crypto.base64url(crypto.random(32))
  return json.ordered("sessionId", crypto.random(16), "challenge", challenge, "rpId", host,
    "allowCredentials", json.array({}), "timeout", 60000, "userVerification", "preferred")
end

return refusal.handlers(passkeys, REFUSED, "is not done here: log in with a password")
