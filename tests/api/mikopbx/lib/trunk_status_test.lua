-- lib.trunk_status: the word for what a trunk does.
local trunk_status = require "mikopbx.lib.trunk_status"

test("off, unregistered, unknown", function(t)
  local function state(it)
    it.peer = "SIP-TRUNK-1"
    return (trunk_status.state(it))
  end
  t.equal(state({ disabled = true }), "OFF")
  t.equal(state({ registration_type = "inbound" }), "UNREGISTERED")
  t.equal(state({ registration_type = "outbound" }), "UNKNOWN")
  t.equal(state({ registration_type = "none" }), "UNKNOWN")
  t.equal(trunk_status.of({ disabled = true, id = "x" }).stateColor, "grey")
end)
