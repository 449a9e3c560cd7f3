-- access/session.lua: a secret opens what was opened with it, until it is over.
local session = require "access.session"

test("a session is its secret's and its kind's, until it is closed or over", function(t)
  local user = t.sql("SELECT us_id, us_username, us_password FROM us_users WHERE us_password IS NOT NULL LIMIT 1")[1]
  local secret = session.open(user, "cookie", "127.0.0.1", 60)
  t.equal(session.user(secret, "cookie").us_id, user.us_id)
  t.equal(session.user(secret, "refresh"), nil)
  t.equal(session.user("another", "cookie"), nil)
  t.equal(#t.sql("SELECT 1 FROM ms_sessions WHERE ms_id = ?", { secret }), 0, "the store has no secret")
  session.close(secret, "cookie")
  t.equal(session.user(secret, "cookie"), nil)
  t.equal(session.user(session.open(user, "cookie", "127.0.0.1", -1), "cookie"), nil)
end)
