-- lib.mikopbx_sip: who may see what of a phone.
local sip = require "mikopbx.lib.sip"

local CTX = { tenant = { id = 1, code = "DEMO" }, key = { global = false } }

test("no secret without the right to write", function(t)
  local found, err = sip.secret(CTX, "100")
  t.equal(found, nil)
  t.equal(err.code, "denied")
end)

test("trunks are the whole host's", function(t)
  t.equal(sip.registry(CTX), {})
end)
