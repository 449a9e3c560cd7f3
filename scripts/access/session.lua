-- Sessions of people who have signed in: a secret that their client keeps, of which the store has the digest.
local crypto = require "crypto"
local moment = require "lib.moment"
local people = require "access.people"
local store = require "store"
local time = require "time"

local session = {}

--- Opens a session of a kind for so many seconds; returns its secret.
function session.open(user, kind, peer, seconds)
  local secret, now = crypto.random(32), time.now()
  local done, err = store.write([[INSERT INTO ms_sessions
    (ms_id, ms_us_id, ms_login, ms_kind, ms_peer, ms_created, ms_expires, ms_mark)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)]], { crypto.sha256(secret), user.us_id, user.us_username, kind,
    peer, moment.text(now), moment.text(now + seconds), people.mark(user) })
  if not done then return nil, err end
  return secret
end

--- The user of a session; nil when it is unknown, over, or of an earlier password.
function session.user(secret, kind)
  local user, err = store.row([[SELECT us_id, us_username, us_admin, us_up_id, us_password, ms_mark
    FROM ms_sessions JOIN us_users ON us_id = ms_us_id WHERE ms_id = ? AND ms_kind = ? AND ms_expires > ?]],
    { crypto.sha256(secret), kind, moment.now() })
  if err then return nil, err end
  if not user or user.ms_mark ~= people.mark(user) then return nil end
  return user
end

function session.close(secret, kind)
  return store.write("DELETE FROM ms_sessions WHERE ms_id = ? AND ms_kind = ?", { crypto.sha256(secret), kind })
end

return session
