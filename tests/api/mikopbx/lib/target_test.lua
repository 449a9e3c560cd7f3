-- Where a route goes: words, and numbers of the tenant.
local target = require "mikopbx.lib.target"

test("words are specials, a stored destination without a number is nothing", function(t)
  t.equal(target.tag({}, "hangup"), "SPECIAL-1")
  t.equal(target.tag({}, "busy"), "SPECIAL-2")
  t.equal(target.text({}, "SPECIAL", 2), "busy")
  t.equal(target.text({ ["EXT-4"] = "201" }, "EXT", 4), "201")
  t.equal(target.text({}, "IVR", 4), "")
end)

test("how a list shows it", function(t)
  t.equal(target.represent({}, ""), "")
  t.matches(target.represent({ ["201"] = "A & B" }, "201"), "A &amp; B <201>$")
end)
