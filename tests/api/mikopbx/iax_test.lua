-- /iax: states of IAX trunks.
local client = require "support.mikopbx"

test("none here, none for a tenant's key", function(t)
  for _, key in ipairs({ t.global_key, t.key }) do
    local res = t.http:get(client.BASE .. "/iax:getRegistry", { headers = client.bearer(t, key) })
    t.equal({ res.status, res.json.data }, { 200, {} })
  end
  t.equal(t.http:get(client.BASE .. "/iax:getRegistry").status, 401)
end)
