-- Fields of a room; the tests of its resource save them.
local room = require "mikopbx.lib.room"

test("defaults on create only", function(t)
  t.equal(room.clean({ name = "n" }, true).description, "")
  t.equal(room.clean({ name = "n" }, false), { name = "n" })
end)
