-- MANAGEDB object huntlist.
local client = require "support.managedb"
local ask, extension = client.ask, client.extension

test("the extensions it rings, in their order", function(t)
  local id = ask(t, { object = "huntlist", action = "add" },
    [[{"hu_name":"Sales","hu_number":"600"}]]).json.hu_id
  local first, second = extension(t, "101"), extension(t, "102")
  local function call(action, data, key, tenant)
    return ask(t, { object = "HUNTLIST", action = action, objectid = id, tenant = tenant }, data, key)
  end
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

test("add, get, list, update, delete", function(t)
  local id = ask(t, { object = "huntlist", action = "add" }, [[{"hu_name":"Sales","hu_number":"610"}]]).json.hu_id
  local function call(action, data, key)
    return ask(t, { object = "huntlist", action = action, objectid = id }, data, key)
  end
  t.equal(call("update", [[{"hu_name":"Other"}]]).json.hu_name, "Other")
  t.equal(call("get").json.hu_name, "Other")
  t.equal(ask(t, { object = "huntlist", action = "list" }).json[id].hu_name, "Other")
  t.matches(call("delete", nil, t.read_key).body, "^Too bad")
  t.equal(call("delete").json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call("get").body, "")
end)
