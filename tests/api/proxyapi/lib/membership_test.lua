-- lib.membership: naming agents and queues.
local membership = require "proxyapi.lib.membership"

local CTX = { tenant = { id = 1, code = "DEMO" }, key = {} }

test("nothing named is not an error, something unknown is", function(t)
  local found, err = membership.agent(CTX, "")
  t.equal({ found, err }, {})
  found, err = membership.agent(CTX, "999-DEMO")
  t.equal(found, nil)
  t.equal(err.code, "not_found")
  found, err = membership.queue(CTX, "", nil)
  t.equal({ found, err }, {})
  found, err = membership.queue(CTX, "x", nil)
  t.equal(found, nil)
  t.equal(err.code, "not_found")
end)
