-- Versions of firmware.
local firmware = require "kalliope.lib.firmware"

test("a version has one form", function(t)
  t.equal(firmware.parts("4.1.12-0003"), { 4, 1, 12, 3 })
  for _, text in ipairs({ "", "4.1.2", "4.1.2-3", "4.1.2-00003", "a.b.c-dddd", "-4.1.2-0003", ("1"):rep(40) .. ".1.2-0003" }) do
    t.equal(firmware.parts(text), nil, text)
  end
  t.equal(firmware.parts(nil), nil)
end)

test("numbers are compared, not texts", function(t)
  for _, pair in ipairs({ { "4.10.0-0000", "4.9.9-9999" }, { "4.1.2-0004", "4.1.2-0003" }, { "5.0.0-0000", "4.9.9-9999" } }) do
    t.equal(firmware.newer(pair[1], pair[2]), true)
    t.equal(firmware.newer(pair[2], pair[1]), false)
  end
  t.equal(firmware.newer("4.1.2-0003", "4.1.2-0003"), false)
end)
