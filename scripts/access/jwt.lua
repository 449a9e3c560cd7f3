-- JSON web tokens signed with HS256; no other algorithm is read, whatever a header says.
local crypto = require "crypto"
local json = require "json"

local jwt = {}

local HEADER = '{"alg":"HS256","typ":"JWT"}'

local function signature(secret, text)
  return crypto.base64url(crypto.hmac_sha256(secret, text, true))
end

function jwt.sign(secret, payload)
  local text = crypto.base64url(HEADER) .. "." .. crypto.base64url(json.encode(payload))
  return text .. "." .. signature(secret, text)
end

--- The payload of a good token, or nil. It ends when it says; `leeway` is for a host whose clock was
--- ahead when it was made.
function jwt.verify(secret, token, now, leeway)
  local text, given = token:match("^([%w_-]+%.[%w_-]+)%.([%w_-]+)$")
  if not text or not crypto.equal(given, signature(secret, text)) then return nil end
  local payload = json.decode(crypto.unbase64url(text:match("%.(.*)$")) or "")
  if type(payload) ~= "table" then return nil end
  local expires, from = tonumber(payload.exp), tonumber(payload.nbf)
  if not expires or now >= expires then return nil end
  if from and now < from - leeway then return nil end
  return payload
end

return jwt
