-- MANAGEDB object condition.
local managedb = require "support.managedb"
local ask, extension = managedb.ask, managedb.extension

local condition = managedb.object {
  object = "condition", id = "co_id", shown = { "co_name" }, fields = { co_name = "Open", co_type = "WEEKTIME" },
  change = { co_name = "Other" },
}

test("when it is true, and where it leads", function(t)
  local id = ask(t, { object = "condition", action = "add" },
    [[{"co_name":"Open","co_type":"WEEKTIME"}]]).json.co_id
  local call = managedb.about(t, "CONDITION", id)
  t.equal(call("getextendedinfos").body, "[]")
  local rows = call("replaceextendedinfos", [=[[{"param1":"1","param2":"8:00","param3":"13:00"},
    {"param1":"2","param2":"15:00","param3":"19:00"}]]=]).json
  t.equal(#rows, 2)
  t.equal({ rows[1].ce_co_id, rows[1].ce_param1, rows[2].ce_param3 }, { id, "1", "19:00" })
  t.equal(#call("replaceextendedinfos", [=[[{"ce_param1":"3"}]]=]).json, 1)
  t.equal(call("replaceextendedinfos", "{}").json.Message, "Invalid jsondata")
  t.equal(call("getextendedinfos", nil, t.other_key, "OTHER").body, "")
  local ext = extension(t, "101")
  ask(t, { object = "destination", action = "replace", typesrc = "NOTCONDITION", typeidsrc = id },
    ('["EXT-%s"]'):format(ext))
  local found = call("getdestinations").json
  t.equal({ found.CONDITION, found.NOTCONDITION[1].de_type_id_dst }, { nil, ext })
end)

test("add, get, list, update, delete", condition.life)

test("bad data, foreign and read-only keys", condition.guard)
