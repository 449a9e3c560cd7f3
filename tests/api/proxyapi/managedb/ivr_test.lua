-- MANAGEDB object ivr.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, data, key)
  query.reqtype, query.key = "MANAGEDB", key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:post(PATH, { query = query, form = data and { jsondata = data } or {} })
end

local function extension(t, number)
  local data = [[{"ex_number":"]] .. number .. [[","ex_name":"A","ex_tech":"PJSIP"}]]
  return ask(t, { object = "extension", action = "add" }, data).json.ex_id
end

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
