-- Module `crypto`: known answers.
local crypto = require "crypto"
local task = require "task"

test("digests", function(t)
  t.equal(crypto.md5(""), "d41d8cd98f00b204e9800998ecf8427e")
  t.equal(crypto.sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d")
  t.equal(crypto.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  t.equal(crypto.hmac_sha256("key", "The quick brown fox jumps over the lazy dog"),
    "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
  t.equal(#crypto.hmac_sha256("key", "text", true), 32)
  t.not_equal(crypto.sha256("a\0b"), crypto.sha256("a"))
end)

test("base64 both ways, and what is none", function(t)
  for _, text in ipairs { "", "f", "fo", "foo", "a\0\255\254" } do
    t.equal(crypto.unbase64(crypto.base64(text)), text)
    t.equal(crypto.unbase64url(crypto.base64url(text)), text)
  end
  t.equal(crypto.base64("fo"), "Zm8=")
  t.equal(crypto.unbase64("Zm8"), "fo")
  t.equal(crypto.base64url("\255\254\253"), "__79")
  t.equal(crypto.unbase64("Zm8*"), nil)
  t.equal(crypto.unbase64("Z"), nil)
  t.equal(crypto.unbase64url("a+b/"), nil)
end)

test("what is sealed opens with its key alone", function(t)
  for _, text in ipairs { "", "a", "a\0\255", ("x"):rep(100000) } do
    local sealed = crypto.seal("key", text)
    t.equal(crypto.unseal("key", sealed), text)
    t.equal(crypto.unseal("another", sealed), nil)
    t.equal(sealed:find(("x"):rep(20), 1, true), nil)
  end
  local sealed = crypto.seal("key", "secret")
  t.not_equal(sealed, crypto.seal("key", "secret"))
  t.equal(crypto.unseal("key", "A" .. sealed:sub(2) == sealed and "B" .. sealed:sub(2) or "A" .. sealed:sub(2)), nil)
  t.equal(crypto.unseal("key", sealed:sub(1, 8)), nil)
  t.equal(crypto.unseal("key", "no base64!"), nil)
end)

test("random bytes differ and have their length", function(t)
  t.equal(#crypto.random(16), 32)
  t.matches(crypto.random(1024), "^[0-9a-f]+$")
  t.not_equal(crypto.random(16), crypto.random(16))
  t.falsy(pcall(crypto.random, 0))
  t.falsy(pcall(crypto.random, 1025))
end)

test("equal compares whole texts", function(t)
  t.equal(crypto.equal("secret", "secret"), true)
  t.equal(crypto.equal("secret", "secreT"), false)
  t.equal(crypto.equal("secret", "secret\0"), false)
  t.equal(crypto.equal("", ""), true)
end)

test("scrypt as RFC 7914 has it, another one for another salt, password or cost", function(t)
  t.equal(crypto.scrypt("pleaseletmein", "SodiumChloride", 14),
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
  local once = crypto.scrypt("password", "NaCl of 8 bytes", 10)
  t.matches(once, "^%x+$")
  t.equal(#once, 64)
  t.equal(crypto.scrypt("password", "NaCl of 8 bytes", 10), once)
  t.not_equal(crypto.scrypt("password", "NaCl of 9 bytes", 10), once)
  t.not_equal(crypto.scrypt("Password", "NaCl of 8 bytes", 10), once)
  t.not_equal(crypto.scrypt("password", "NaCl of 8 bytes", 11), once)
  t.equal(#crypto.scrypt("", "NaCl of 8 bytes", 10), 64)
  for _, wrong in ipairs { { "p", "short" }, { "p", ("s"):rep(257) }, { ("p"):rep(4097), "12345678" },
    { "p", "12345678", 9 }, { "p", "12345678", 18 }, {} } do
    t.falsy(pcall(crypto.scrypt, wrong[1], wrong[2], wrong[3]))
  end
end)

test("of too many that wait some are refused", function(t)
  t.log:expect("^warn script too many passwords wait to be checked")
  local asked = {}
  for i = 1, 100 do asked[i] = function() return crypto.scrypt("p", "12345678", 12) end end
  local answers, refused = task.all(asked), 0
  for _, it in ipairs(answers) do
    if it.err then
      t.equal(it.err.code, "unavailable")
      refused = refused + 1
    else t.equal(#it.value, 64) end
  end
  t.equal(refused, 36)
end)
