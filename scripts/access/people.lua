-- People and their passwords.
local address = require "access.address"
local crypto = require "crypto"
local store = require "store"

local people = {}

--- The us_users row of a name and a password. A wrong one is counted against the address.
function people.password(name, password, peer)
  if address.throttled(peer) then
    return nil, { code = "denied", reason = "too_many_attempts", status = 429,
      message = "too many failed logins from this address" }
  end
  local row, err = store.row("SELECT * FROM us_users WHERE us_username = ?", { name or "" })
  if err then return nil, err end
  local digest = crypto.sha256(password or "")
  -- Compared even for an unknown name, so that the answer takes as long.
  local right = crypto.equal(digest, row and row.us_password or crypto.sha256("unknown user"))
  if not row or not right then
    address.failed(peer)
    return nil, { code = "unauthenticated", reason = "invalid_login", message = "authentication failed" }
  end
  if not address.allows(peer, row.us_ipfilter) then
    return nil, { code = "denied", reason = "api_ip_not_allowed", message = "this address may not log in" }
  end
  return row
end

return people
