-- MANAGEDB object ivr.
local managedb = require "support.managedb"
local ask, extension = managedb.ask, managedb.extension

local ivr = managedb.object {
  object = "ivr", id = "iv_id", shown = { "iv_name" }, fields = { iv_name = "Welcome" }, change = { iv_name = "Other" },
}

test("what the keys lead to", function(t)
  local id = ask(t, { object = "ivr", action = "add" }, [[{"iv_name":"Main"}]]).json.iv_id
  t.equal(ask(t, { object = "IVR", action = "LIST" }).json[id], { iv_id = id, iv_name = "Main" })
  local ext = extension(t, "101")
  ask(t, { object = "destination", action = "replace", typesrc = "IVR_1", typeidsrc = id }, ('["EXT-%s"]'):format(ext))
  local found = ask(t, { object = "ivr", action = "GETDESTINATIONS", objectid = id }).json
  t.equal(found.IVR_1[1].de_type_id_dst, ext)
  t.equal(ask(t, { object = "ivr", action = "getdestinations", objectid = id, tenant = "OTHER" }, nil,
    t.other_key).body, "")
end)

test("add, get, list, update, delete", ivr.life)

test("bad data, foreign and read-only keys", ivr.guard)
