-- lib.trunk: fields of a provider.
local trunk = require "mikopbx.lib.trunk"

local CTX = { key = { global = true }, secrets = true, tenant = { id = 1, code = "DEMO" } }

test("defaults, and the mask that keeps a password", function(t)
  local it = trunk.clean({ description = "d", secret = "XXXXXXXX" }, true)
  t.equal(it.port, 5060)
  t.equal(it.transport, "udp,tcp")
  t.equal(it.secret, nil)
  t.equal(trunk.clean({ port = "70000" }, false), nil)
  t.equal(trunk.clean({ qualify = "0" }, false), { qualify = false })
end)

test("an outbound password is masked, and any from a reader", function(t)
  local it = trunk.default()
  it.secret = "pw"
  t.equal(trunk.detail(CTX, it).secret, "XXXXXXXX")
  it.registration_type = "inbound"
  t.equal(trunk.detail(CTX, it).secret, "pw")
  t.equal(trunk.detail({ secrets = false }, it).secret, "XXXXXXXX")
end)

test("a host that would leave its SIP address is refused", function(t)
  t.equal(trunk.clean({ host = "a\nb" }), nil)
  for _, host in ipairs({ "a;b", "a b", "a@b", "a>b" }) do
    local values = trunk.clean({ description = "d", host = host, registration_type = "none" }, true)
    local it, err = trunk.create(CTX, values)
    t.equal(it, nil)
    t.truthy(err.fields.host)
  end
end)
