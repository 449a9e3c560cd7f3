-- access/people.lua: people and their passwords.
local people = require "access.people"

test("people log in with their password only", function(t)
  t.equal(people.password("admin", t.password, "127.0.0.9").us_username, "admin")
  local _, err = people.password("admin", "wrong", "127.0.0.9")
  t.equal(err.code, "unauthenticated")
  _, err = people.password("nobody", t.password, "127.0.0.9")
  t.equal(err.code, "unauthenticated")
end)

test("a person's addresses are a border too", function(t)
  t.sql("UPDATE us_users SET us_ipfilter = '10.0.0.0/8' WHERE us_username = 'admin'")
  local _, err = people.password("admin", t.password, "127.0.0.9")
  t.equal(err.reason, "api_ip_not_allowed")
  t.equal(people.password("admin", t.password, "10.0.0.9").us_username, "admin")
end)
