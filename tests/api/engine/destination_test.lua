-- lib.destination: both forms of an item, and what is none.
local destination = require "engine.destination"
for _, name in ipairs({ "extension", "voicemail", "paginggroup" }) do require("model." .. name) end

test("texts, objects, lists and plain numbers", function(t)
  t.equal(destination.read("DID", "EXT-101"), { { type = "EXT", id = 101 } })
  t.equal(destination.read("DID", { { type = "voicemail", id = "10" } }), { { type = "VOICEMAIL", id = 10 } })
  t.equal(destination.read("EXT-BUSY", { "SAMENUMBERVM" }), { { type = "SAMENUMBERVM", id = 0 } })
  t.equal(destination.read("PAGING", { 7, "8" }), { { type = "EXT", id = 7 }, { type = "EXT", id = 8 } })
  t.equal(destination.read("DID", { DESTINATION2 = "EXT-2", DESTINATION1 = "EXT-1" }),
    { { type = "EXT", id = 1 }, { type = "EXT", id = 2 } })
  t.equal(destination.read("DID", {}), {})
end)

test("what is no destination names its key", function(t)
  for _, value in ipairs({ "7", "NOSUCH-1", "EXT", "EXT-x", { { id = 1 } }, { true } }) do
    local items, err = destination.read("DID", value)
    t.equal(items, nil)
    t.equal(err.field, "DID")
  end
end)

test("types of one table", function(t)
  t.equal(destination.types_of("ex_extensions"), { "EXT", "SMS" })
end)
