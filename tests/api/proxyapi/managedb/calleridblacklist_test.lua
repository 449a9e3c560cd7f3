-- MANAGEDB object calleridblacklist.
local managedb = require "support.managedb"

local calleridblacklist = managedb.object {
  object = "calleridblacklist", id = "bl_id", shown = { "bl_callerid" },
  fields = { bl_callerid = "555", bl_reason = "spam" }, change = { bl_reason = "again" },
}

test("add, get, list, update, delete", calleridblacklist.life)

test("bad data, foreign and read-only keys", calleridblacklist.guard)
