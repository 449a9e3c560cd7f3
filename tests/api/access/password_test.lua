-- access.password: slow hashes beside the columns of the original.
local crypto = require "crypto"
local password = require "access.password"

local function person(t, name, column)
  t.sql("INSERT INTO us_users (us_username, us_password) VALUES (?, ?)", { name, column })
  return t.sql("SELECT us_id FROM us_users WHERE us_username = ?", { name })[1].us_id
end

local function hash(t, id)
  local row = t.sql("SELECT uh_hash FROM uh_userhashes WHERE uh_us_id = ?", { id })[1]
  return row and row.uh_hash
end

-- One unsalted digest was all that was kept.
test("the first login makes a hash of its own, and it counts from then on", function(t)
  local digest = crypto.sha256("correct horse")
  local id, other = person(t, "slow one", digest), person(t, "slow two", digest)
  t.equal(password.check(password.USER, id, digest, "wrong"), false)
  t.equal(hash(t, id), nil)
  t.equal(password.check(password.USER, id, digest, "correct horse"), digest)
  t.equal(password.check(password.USER, other, digest, "correct horse"), digest)
  local made = hash(t, id)
  t.matches(made, "^%x+:15:%x+:%x+$")
  t.not_equal(made:match("%x+$"), hash(t, other):match("%x+$"), "two people with one password")
  t.equal(password.check(password.USER, id, digest, "correct horse"), digest)
  t.equal(hash(t, id), made)
  -- the hash of somebody else's password is not the digest's
  t.sql("UPDATE uh_userhashes SET uh_hash = ? WHERE uh_us_id = ?",
    { made:gsub("%x+$", ("0"):rep(64)), id })
  t.equal(password.check(password.USER, id, digest, "correct horse"), false, "the slow one is preferred")
end)

test("a column that was changed by whoever is what counts, until the next login", function(t)
  local digest, new = crypto.sha256("before"), crypto.sha256("after")
  local id = person(t, "changed", digest)
  t.equal(password.check(password.USER, id, digest, "before"), digest)
  local made = hash(t, id)
  t.sql("UPDATE us_users SET us_password = ? WHERE us_id = ?", { new, id })
  t.equal(password.check(password.USER, id, new, "before"), false)
  t.equal(password.check(password.USER, id, new, "after"), new)
  t.not_equal(hash(t, id), made)
end)

test("a column without the digest is proved by the hash alone", function(t)
  local digest = crypto.sha256("only slow")
  local id = person(t, "bare", digest)
  local made = password.made("only slow")
  t.sql("INSERT INTO uh_userhashes (uh_us_id, uh_hash) VALUES (?, ?)", { id, made.hash })
  t.equal(password.check(password.USER, id, digest, "only slow"), digest)
  t.equal(password.check(password.USER, id, digest, "only slower"), false)
end)

test("what is not there, empty or endless is nobody's password", function(t)
  t.equal(password.check(password.USER, nil, nil, "x"), false)
  t.equal(password.check(password.USER, nil, nil, ""), false)
  t.equal(password.check(password.USER, 1, "", ""), false)
  t.equal(password.check(password.USER, 1, crypto.sha256("x"), ("x"):rep(100000)), false)
end)

test("a user made or changed through the API has one at once, and it goes with him", function(t)
  local headers = { ["X-API-Key"] = t.global_key }
  local made = t.http:post("/mirtapbx/openapi.php/users", { headers = headers,
    json = { username = "hashed", password = "first one" } })
  t.equal(made.status, 201, made.body)
  local id = tonumber(made.json.id)
  t.equal(made.json.us_password, crypto.sha256("first one"))
  t.equal(made.body:find("uh_", 1, true), nil)
  local before = hash(t, id)
  t.truthy(before)
  local path = "/mirtapbx/openapi.php/users/" .. id
  t.equal(t.http:patch(path, { headers = headers, json = { password = "second one" } }).status, 200)
  t.not_equal(hash(t, id), before)
  local kept = crypto.sha256("second one")
  t.equal(password.check(password.USER, id, kept, "second one"), kept)
  t.equal(t.http:delete(path, { headers = headers }).status, 200)
  t.equal(hash(t, id), nil)
end)

test("extensions that were given theirs in clear, and the administrator of KalliopePBX", function(t)
  t.sql("INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech, ex_webpassword) "
    .. "VALUES (1, '170', 'Clear', 'VIRTUAL', 'as it is')")
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '170' AND ex_te_id = 1")[1].ex_id
  t.equal(password.check(password.EXTENSION, id, "as it is", "as it is"), "as it is")
  t.equal(password.check(password.EXTENSION, id, "as it is", "as it was"), false)
  t.equal(#t.sql("SELECT * FROM eh_extensionhashes WHERE eh_ex_id = ?", { id }), 1)
  t.sql("DELETE FROM eh_extensionhashes WHERE eh_ex_id = ?", { id })
  t.sql("DELETE FROM ex_extensions WHERE ex_id = ?", { id })
  local kept = crypto.sha256("of a setting")
  t.sql("INSERT INTO ks_settings (ks_code, ks_value) VALUES ('test_password', ?)", { kept })
  t.equal(password.check(password.SETTING, "test_password", kept, "of a setting"), kept)
  t.equal(#t.sql("SELECT * FROM ks_settings WHERE ks_code = 'test_password_hash'"), 1)
  t.sql("DELETE FROM ks_settings WHERE ks_code LIKE 'test_password%'")
end)
