-- MANAGEDB object extension.
local managedb = require "support.managedb"

local extension = managedb.object {
  object = "extension", id = "ex_id", shown = { "ex_number", "ex_name" },
  fields = { ex_number = "1100", ex_name = "Test extension", ex_tech = "PJSIP", password = "hackmeifyoucan" },
  change = { ex_callallowed = "all" },
}
local call = extension.call
local ask = managedb.ask

test("add, get, list, update, delete", extension.life)

test("bad data, foreign and read-only keys", extension.guard)

test("the phone's rows come and go with it", function(t)
  local id = call(t, "add", nil, [[{"ex_number":"1200","ex_name":"A","ex_tech":"PJSIP",
    "password":"secret-1200"}]]).json.ex_id
  local function auths()
    return t.sql("SELECT password FROM ps_auths WHERE id = '1200-DEMO'")
  end
  t.equal(auths()[1].password, "secret-1200")
  call(t, "update", { objectid = id }, [[{"password":"other-1200"}]])
  t.equal(auths()[1].password, "other-1200")
  call(t, "delete", { objectid = id })
  t.equal(#auths(), 0)
  t.equal(call(t, "add", nil, [[{"ex_name":"No number"}]]).json,
    { Response = "Error", Message = "Missing field ex_number" })
end)

test("the object's name in the plural and in capitals, and xml", function(t)
  t.truthy(ask(t, { object = "EXTENSIONS", action = "LIST" }).json)
  t.matches(ask(t, { object = "extension", action = "list", format = "xml" }).body, "<Result>")
end)

-- A spreadsheet sends numbers: 12345678901234567 was kept as 1.2345678901235e+16.
test("a number of more digits than a double has", function(t)
  local row = call(t, "add", nil, [[{"ex_number":12345678901234567,"ex_name":"Long"}]]).json
  t.equal(row.ex_number, "12345678901234567")
end)
