-- Ids that are a word and eight hex digits.
local prefixed = require "mikopbx.lib.prefixed"

test("there and back, and what is none", function(t)
  t.equal(prefixed.text("QUEUE", 26), "QUEUE-0000001A")
  t.equal(prefixed.id("QUEUE", "QUEUE-0000001A"), 26)
  t.equal(prefixed.id("QUEUE", "QUEUE-1a"), 26)
  for _, text in ipairs({ "QUEUE-", "QUEUE-XYZ", "CONFERENCE-1", "QUEUE-123456789" }) do
    t.equal(prefixed.id("QUEUE", text), 0)
  end
end)
