-- Where a route goes: words, and numbers of the tenant. The resources' tests save them.
local target = require "mikopbx.lib.target"

test("words are specials, and nothing is asked for them", function(t)
  t.equal(target.tags({}, { "hangup", "busy" }), { hangup = "SPECIAL-1", busy = "SPECIAL-2" })
  t.equal(target.destinations({}, { A = { "a", "busy" }, B = { "b", "" } }), { A = { "SPECIAL-2" }, B = {} })
  t.equal({ target.ways({}, { "A" }, {}) }, { {}, {} })
  t.equal(target.names({}, {}), {})
end)

test("how a list shows it", function(t)
  t.equal(target.represent({}, ""), "")
  t.equal(target.represent({}, "busy"), "busy")
  t.matches(target.represent({ ["201"] = "A & B" }, "201"), "A &amp; B <201>$")
end)
