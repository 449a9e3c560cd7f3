-- Names of providers; the routes that name them show them.
local trunk_name = require "mikopbx.lib.trunk_name"

test("of none nothing is asked", function(t)
  t.equal(trunk_name.by_id({}), {})
  t.equal(trunk_name.by_row({}), {})
end)
