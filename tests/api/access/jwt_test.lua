-- access.jwt: signed tokens.
local crypto = require "crypto"
local jwt = require "access.jwt"

local function token(changes)
  local payload = { userId = "1", nbf = 100, exp = 1000 }
  for name, value in pairs(changes or {}) do payload[name] = value end
  return jwt.sign("secret", payload)
end

test("a good token gives its payload back", function(t)
  t.equal(jwt.verify("secret", token(), 500, 0).userId, "1")
end)

test("another secret, another time, another body are refused", function(t)
  t.equal(jwt.verify("other", token(), 500, 0), nil)
  t.equal(jwt.verify("secret", token(), 1001, 0), nil)
  -- A token of 900 s lived 1500: the allowance for clocks was given at its end too.
  t.equal(jwt.verify("secret", token(), 1000, 600), nil)
  t.truthy(jwt.verify("secret", token(), 999, 600))
  t.truthy(jwt.verify("secret", token(), 50, 600))
  t.equal(jwt.verify("secret", token(), 50, 0), nil)
  local head, _, sign = token():match("^(.-)%.(.-)%.(.*)$")
  local body = crypto.base64url('{"userId":"2","exp":99999}')
  t.equal(jwt.verify("secret", head .. "." .. body .. "." .. sign, 500, 0), nil)
end)

test("no algorithm is not an algorithm", function(t)
  local body = crypto.base64url('{"userId":"2","exp":99999}')
  local head = crypto.base64url('{"alg":"none"}')
  for _, text in ipairs({ head .. "." .. body .. ".", head .. "." .. body .. ".x", "", "a.b.c",
    token({ exp = "never" }) }) do
    t.equal(jwt.verify("secret", text, 500, 0), nil)
  end
end)
