-- Histories of trunks; /sip-providers's tests read whole ones.
local json = require "json"
local trunk_history = require "mikopbx.lib.trunk_history"

test("of an unknown trunk there is nothing, and that is no error", function(t)
  local it = json.decode(json.encode(trunk_history.changes(nil, "SIP-X", { limit = "0" })))
  t.equal({ it.count, it.limit, it.provider.uniqid }, { 0, 1, "SIP-X" })
end)
