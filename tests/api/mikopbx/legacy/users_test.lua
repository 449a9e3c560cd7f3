-- users/... of the older API.
local client = require "support.mikopbx_legacy"

test("an address that is nobody's, and none", function(t)
  local headers = client.session(t)
  local function get(query) return t.http:get(client.API .. "/users/available" .. query, { headers = headers }).json end
  t.equal(get("?email=nobody@example.com").data, { available = true })
  t.equal(get("").messages.error, { "Empty email value in POST/GET data" })
end)
