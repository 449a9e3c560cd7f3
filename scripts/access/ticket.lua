-- Tickets: what a link says it may fetch, for a while and without a key. All of it is in the link, sealed with a secret of the
-- store: nothing is kept, any host at the store reads what another one made, and so does one that has started anew.
local crypto = require "crypto"
local json = require "json"
local pathkey = require "access.pathkey"
local time = require "time"

local ticket = {}

-- Longer ones are none of ours.
local LONGEST = 4096

-- The keys of requests that make many.
local known = setmetatable({}, { __mode = "k" })

local function key_of(kind)
  local secret, err = pathkey.secret()
  if not secret then return nil, err end
  return crypto.hmac_sha256(secret, "ticket " .. kind)
end

--- A ticket of a kind for a value, good for so many seconds: a word of letters, digits, `-` and `_`.
function ticket.issue(ctx, kind, value, seconds)
  local keys = known[ctx] or {}
  known[ctx] = keys
  local err
  if not keys[kind] then keys[kind], err = key_of(kind) end
  if not keys[kind] then return nil, err end
  return crypto.base64url(crypto.seal(keys[kind], json.encode({ value = value, till = math.floor(time.now() + seconds) })))
end

--- The value of a ticket of that kind; nil when it is another text, or over.
function ticket.read(kind, text)
  local sealed = #text <= LONGEST and crypto.unbase64url(text)
  if not sealed then return nil end
  local key, err = key_of(kind)
  if not key then return nil, err end
  local opened = crypto.unseal(key, sealed)
  local it = opened and json.decode(opened)
  return it and it.till > time.now() and it.value or nil
end

return ticket
