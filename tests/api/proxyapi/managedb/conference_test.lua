-- MANAGEDB object conference.
local managedb = require "support.managedb"

local conference = managedb.object {
  object = "conference", id = "cr_id", shown = { "cr_name", "cr_number" },
  fields = { cr_number = "887", cr_name = "Test conference", pin = "5678" }, change = { cr_name = "Renamed" },
}
local call = conference.call

test("add, get, list, update, delete", conference.life)

test("bad data, foreign and read-only keys", conference.guard)

test("the pin is in the meetme row", function(t)
  call(t, "add", nil, [[{"cr_number":"888","cr_name":"Pin","pin":"4711"}]])
  t.equal(#t.sql("SELECT 1 FROM meetme WHERE pin = '4711'"), 1)
end)
