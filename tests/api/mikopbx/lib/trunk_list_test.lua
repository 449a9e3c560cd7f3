-- lib.trunk_list: what both provider resources answer alike.
local trunk_list = require "mikopbx.lib.trunk_list"

test("a missing provider has the status its resource wants", function(t)
  local req = { ctx = { key = { global = true } }, params = { id = "SIP-TRUNK-NONE" } }
  local it, err = trunk_list.find(req, 422, "Provider not found")
  t.equal(it, nil)
  t.equal(err.status, 422)
  t.equal(err.message, "Provider not found")
  req.ctx.key.global = false
  it, err = trunk_list.find(req, 422, "Provider not found")
  t.equal(it, nil)
  t.equal(err.code, "denied")
end)
