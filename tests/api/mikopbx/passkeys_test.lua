-- /passkeys: what a login page asks before it knows who is there.
local client = require "support.mikopbx"

test("nobody has one, and nobody needs to log in to be told", function(t)
  local function get(path) return t.http:get(client.BASE .. "/passkeys" .. path) end
  t.equal(get(":checkAvailability?login=admin").json.data, { hasPasskeys = false, count = 0 })
  local it = get(":authenticationStart?origin=https%3A%2F%2Fpbx.example.org%3A8443&login=admin").json.data
  t.equal({ it.rpId, it.allowCredentials, it.timeout, it.userVerification }, { "pbx.example.org", {}, 60000, "preferred" })
  t.matches(it.challenge, "^[%w_-]+$")
  t.truthy(it.challenge ~= get(":authenticationStart?origin=https%3A%2F%2Fpbx.example.org").json.data.challenge)
  t.equal(get(":authenticationStart?origin=").json.messages.error, { "pk_OriginRequired" })
  t.equal(get(":authenticationStart?origin=javascript%3A1").status, 422)
  t.equal(get("").status, 401)
  t.equal(client.administer(t, "get", "/passkeys").json.data, {})
  t.equal(client.administer(t, "post", "/passkeys:registrationStart", {}).status, 422)
end)
