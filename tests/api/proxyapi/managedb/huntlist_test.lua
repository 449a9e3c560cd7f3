-- MANAGEDB object huntlist.
local managedb = require "support.managedb"
local ask, extension = managedb.ask, managedb.extension

local huntlist = managedb.object {
  object = "huntlist", id = "hu_id", shown = { "hu_name" }, fields = { hu_name = "Sales", hu_number = "610" },
  change = { hu_name = "Other" },
}

test("the extensions it rings, in their order", function(t)
  local id = ask(t, { object = "huntlist", action = "add" },
    [[{"hu_name":"Sales","hu_number":"600"}]]).json.hu_id
  local first, second = extension(t, "101"), extension(t, "102")
  local call = managedb.about(t, "HUNTLIST", id)
  t.equal(call("getextensions").body, "[]")
  local rows = call("setextensions", ([=[["EXT-%s","EXT-%s"]]=]):format(second, first)).json
  t.equal({ rows[1].de_type_id_dst, rows[2].de_type_id_dst }, { second, first })
  t.equal(#call("getextensions").json, 2)
  t.equal(t.sql("SELECT phonenumber FROM followme_numbers")[1].phonenumber,
    "AG-000-NF-" .. second .. "&AG-000-NF-" .. first)
  t.equal(call("setextensions", '["EXT-99999"]').json.Response, "Error")
  t.equal(call("setextensions", "[]", t.other_key, "OTHER").body, "")
  t.matches(call("setextensions", "[]", t.read_key).body, "^Too bad")
end)

test("add, get, list, update, delete", huntlist.life)

test("bad data, foreign and read-only keys", huntlist.guard)
