-- MANAGEDB object queue.
local managedb = require "support.managedb"

local queue = managedb.object {
  object = "queue", id = "qu_id", shown = { "qu_name" },
  fields = { qu_name = "Support Line", strategy = "ringall", timeout = "30" }, change = { qu_number = "9201" },
}

test("add, get, list, update, delete", queue.life)

test("bad data, foreign and read-only keys", queue.guard)
