-- lib.destination: both forms of an item, and what is none.
local context = require "support.context"
local destination = require "engine.destination"
local extension = require "model.extension"
local store = require "store"
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

test("what is looked up at a source is of the keys alone", function(t)
  local demo = context(t, "DEMO")
  local id = extension.create(demo, { number = "310" }).ex_id
  local function add(key) t.sql("INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst) VALUES (1, ?, ?, 'DNC')", { key, id }) end
  for _, key in ipairs({ "EXT-BUSY", "EXT-OTHER", "EXTRA", "IVR_1", "IVR", "IVRS", "CUSTOMIVR_77", "CUSTOM9", "QUEUE-FULL" }) do add(key) end
  local function found(keys)
    local names = store.query(destination.select(keys, id)):column("de_type_src")
    t.equal(#store.query(destination.select_any(keys, id)), #names)
    return names
  end
  t.equal(found({ "EXT-BUSY", "EXT-NOANSWER" }), { "EXT-BUSY" })
  t.equal(found({ "IVR_1", "IVR_2", "CUSTOMIVR_*" }), { "CUSTOMIVR_77", "IVR_1" })
  t.equal(found({ "IVR", "EXT-*" }), { "EXT-BUSY", "EXT-OTHER", "IVR" })
  t.equal(found({ "CUSTOM9", "QUEUE-FULL" }), { "CUSTOM9", "QUEUE-FULL" })
  t.equal(found({ "DID" }), {})
end)
