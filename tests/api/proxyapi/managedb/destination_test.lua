-- MANAGEDB object destination.
local client = require "support.managedb"
local ask, extension = client.ask, client.extension

local function source(t)
  local res = ask(t, { object = "did", action = "add" }, [[{"di_number":"777"}]])
  return res.json.di_id
end

test("replace, list, clear, and what is not there", function(t)
  local id, first, second = source(t), extension(t, "101"), extension(t, "102")
  local function call(action, data, more, key)
    local query = { object = "DESTINATION", action = action, typesrc = "DID", typeidsrc = id }
    for name, value in pairs(more or {}) do query[name] = value end
    return ask(t, query, data, key)
  end
  t.equal(call("LIST").body, "[]")
  local rows = call("replace", ('["EXT-%s","EXT-%s"]'):format(second, first)).json
  t.equal(#rows, 2)
  t.equal(rows[1].de_type_dst, "EXT")
  t.equal(rows[1].de_type_id_dst, tostring(second))
  t.equal(#call("list").json, 2)
  t.equal(call("replace", '["EXT-99999"]').json.Response, "Error")
  t.equal(call("replace", '["NONSENSE-1"]').json.Response, "Error")
  t.equal(#call("list").json, 2)
  t.equal(call("list", nil, { tenant = "OTHER" }, t.other_key).body, "")
  t.equal(call("replace", "[]", { tenant = "OTHER" }, t.other_key).body, "")
  t.equal(call("replace", "[]").body, "[]")
  t.matches(call("replace", "[]", nil, t.read_key).body, "^Too bad")
end)

-- An importer sends a field for each of two destinations; the one without was refused with the other.
test("null and empty are no destinations", function(t)
  local id = ask(t, { object = "did", action = "add" }, [[{"di_number":"778"}]]).json.di_id
  local phone = extension(t, "103")
  local query = { object = "DESTINATION", action = "replace", typesrc = "DID", typeidsrc = id }
  for _, data in ipairs({ '{"1":"EXT-%s","2":null}', '{"DESTINATION1":"","DESTINATION2":"EXT-%s"}', '[null,"EXT-%s",""]' }) do
    local rows = ask(t, query, data:format(phone)).json
    t.equal({ #rows, rows[1].de_type_id_dst }, { 1, tostring(phone) }, data)
  end
  t.equal(ask(t, query, '{"1":null}').body, "[]")
end)
