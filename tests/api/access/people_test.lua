-- access.people: passwords, and how often one may be guessed.
local cache = require "cache"
local people = require "access.people"

local function try(t, peer, password, name)
  local user, err = people.password(name or "admin", password or t.password, peer)
  return user and "in" or err.status == 429 and "later" or err.code
end

-- What is counted is the process's: names and addresses of this file are its own.
local function person(t, name)
  t.sql("INSERT INTO us_users (us_username, us_password) SELECT ?, us_password FROM us_users "
    .. "WHERE us_username = 'admin'", { name })
end

test("people log in with their password only", function(t)
  t.equal(people.password("admin", t.password, "203.0.113.1").us_username, "admin")
  t.equal(try(t, "203.0.113.1", "wrong"), "unauthenticated")
  t.equal(try(t, "203.0.113.1", nil, "nobody"), "unauthenticated")
  t.equal(try(t, "203.0.113.1", ""), "unauthenticated")
end)

test("who guesses an account is refused for it, others and its other accounts are not", function(t)
  person(t, "guessed")
  for _ = 1, 10 do t.equal(try(t, "203.0.113.2", "wrong", "guessed"), "unauthenticated") end
  local user, err = people.password("guessed", t.password, "203.0.113.2")
  t.equal(user, nil)
  t.equal(err.status, 429)
  t.equal(err.retry_after, people.WINDOW)
  t.equal(try(t, "203.0.113.2", nil, "GUESSED"), "later", "the name in other letters is no other account")
  t.equal(try(t, "203.0.113.3", nil, "guessed"), "in", "from another address")
  t.equal(try(t, "203.0.113.2"), "in", "another account from the address")
end)

-- 50 wrong logins of one client of an address shut everybody of it out.
test("an address that guesses many accounts is refused, but for accounts that it knows", function(t)
  person(t, "regular")
  person(t, "newcomer")
  t.equal(try(t, "203.0.113.4", nil, "regular"), "in")
  for _ = 1, 49 do cache.count("login:address:203.0.113.4", people.WINDOW) end -- without the waits
  t.equal(try(t, "203.0.113.4", "wrong", "nobody"), "unauthenticated")
  t.equal(try(t, "203.0.113.4", nil, "newcomer"), "later")
  t.equal(try(t, "203.0.113.4", nil, "regular"), "in")
  t.equal(try(t, "203.0.113.5", nil, "newcomer"), "in")
end)

test("a right one takes the count back", function(t)
  person(t, "forgetful")
  for _ = 1, 6 do try(t, "203.0.113.6", "wrong", "forgetful") end
  t.equal(try(t, "203.0.113.6", nil, "forgetful"), "in")
  for _ = 1, 4 do try(t, "203.0.113.6", "wrong", "forgetful") end
  t.equal(try(t, "203.0.113.6", nil, "forgetful"), "in")
end)

test("a mark is the password's", function(t)
  t.equal(people.mark({ us_password = "a" }), people.mark({ us_password = "a" }))
  t.not_equal(people.mark({ us_password = "a" }), people.mark({ us_password = "b" }))
  t.truthy(people.mark({}))
end)
