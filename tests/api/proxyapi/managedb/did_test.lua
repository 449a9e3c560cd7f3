-- MANAGEDB object did.
local managedb = require "support.managedb"

local did = managedb.object {
  object = "did", id = "di_id", shown = { "di_number" },
  fields = { di_number = "12345", di_comment = "Desk" }, change = { di_comment = "Test DID", di_recording = "yes" },
}

test("add, get, list, update, delete", did.life)

test("bad data, foreign and read-only keys", did.guard)
