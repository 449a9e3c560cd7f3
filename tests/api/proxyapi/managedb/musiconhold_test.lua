-- MANAGEDB object musiconhold.
local managedb = require "support.managedb"

local musiconhold = managedb.object {
  object = "musiconhold", id = "mu_id", shown = { "mu_name" },
  fields = { mu_name = "Jazz" }, change = { mu_name = "Blues" },
}

test("add, get, list, update, delete", musiconhold.life)

test("bad data, foreign and read-only keys", musiconhold.guard)
