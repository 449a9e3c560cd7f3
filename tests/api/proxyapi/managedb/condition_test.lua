-- MANAGEDB object condition.
local client = require "support.managedb"
local ask, extension = client.ask, client.extension

test("when it is true, and where it leads", function(t)
  local id = ask(t, { object = "condition", action = "add" },
    [[{"co_name":"Open","co_type":"WEEKTIME"}]]).json.co_id
  local function call(action, data, key, tenant)
    return ask(t, { object = "CONDITION", action = action, objectid = id, format = "json", tenant = tenant },
      data, key)
  end
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

test("add, get, list, update, delete", function(t)
  local id = ask(t, { object = "condition", action = "add" }, [[{"co_name":"Open","co_type":"WEEKTIME"}]]).json.co_id
  local function call(action, data, key)
    return ask(t, { object = "condition", action = action, objectid = id }, data, key)
  end
  t.equal(call("update", [[{"co_name":"Other"}]]).json.co_name, "Other")
  t.equal(call("get").json.co_name, "Other")
  t.equal(ask(t, { object = "condition", action = "list" }).json[id].co_name, "Other")
  t.matches(call("delete", nil, t.read_key).body, "^Too bad")
  t.equal(call("delete").json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call("get").body, "")
end)
