-- MANAGEDB object ivr.
local client = require "support.managedb"
local ask, extension = client.ask, client.extension

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

test("add, get, list, update, delete", function(t)
  local id = ask(t, { object = "ivr", action = "add" }, [[{"iv_name":"Welcome"}]]).json.iv_id
  local function call(action, data, key)
    return ask(t, { object = "ivr", action = action, objectid = id }, data, key)
  end
  t.equal(call("update", [[{"iv_name":"Other"}]]).json.iv_name, "Other")
  t.equal(call("get").json.iv_name, "Other")
  t.equal(ask(t, { object = "ivr", action = "list" }).json[id].iv_name, "Other")
  t.matches(call("delete", nil, t.read_key).body, "^Too bad")
  t.equal(call("delete").json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call("get").body, "")
end)
