-- reqtype=AUTHTOKEN: tokens to log in with.
local function ask(t, query, key)
  query.reqtype, query.key = "AUTHTOKEN", key or t.global_key
  return t.http:get("/mirtapbx/proxyapi.php", { query = query })
end

test("a token for once, and none", function(t)
  local made = ask(t, { action = "generate", validity = "ONCE", user = "admin" }).body
  t.matches(made, "^%x+$")
  local crypto = require "crypto"
  t.equal(t.sql("SELECT us_token FROM us_users WHERE us_username = 'admin'")[1].us_token, crypto.sha256(made))
  local it = ask(t, { action = "generate", user = "admin", format = "json" }).json
  t.equal({ it.user, it.target_type }, { "admin", "USER" })
  t.equal(ask(t, { action = "generate", user = "nobody" }).body, "Error|User not found|")
  t.matches(ask(t, { action = "generate", user = "admin", validity = "x" }).body, "^Error|validity: ")
  t.equal(ask(t, { action = "reset", user = "admin" }).body, "OK")
  t.equal(ask(t, { action = "reset", user = "admin", format = "json" }).json.reset, true)
  t.equal(t.sql("SELECT us_token FROM us_users WHERE us_username = 'admin'")[1].us_token, "")
  t.matches(ask(t, { action = "generate", user = "admin", tenant = "DEMO" }, t.key).body, "^Too bad")
end)
