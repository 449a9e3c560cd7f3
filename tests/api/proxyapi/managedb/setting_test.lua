-- MANAGEDB object setting.
local managedb = require "support.managedb"

local setting = managedb.object {
  object = "setting", id = "se_id", shown = { "se_code", "se_value" },
  fields = { se_code = "DIALTIMEOUT", se_value = "60" }, change = { se_value = "90" },
}

test("add, get, list, update, delete", setting.life)

test("bad data, foreign and read-only keys", setting.guard)
