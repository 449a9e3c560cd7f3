-- Names of sounds; what plays them shows them.
local sound_name = require "mikopbx.lib.sound_name"

test("of none nothing is asked", function(t)
  t.equal(sound_name({ "", "x", "0" }), {})
end)
