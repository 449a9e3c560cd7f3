-- MANAGEDB object phone.
local managedb = require "support.managedb"

local phone = managedb.object {
  object = "phones", id = "ph_id", shown = { "ph_name" },
  fields = { ph_name = "George Basement", ph_mac = "AABBCCDDEEFF", ph_pm_id = 5 },
  change = { ph_name = "George Lower Basement" },
}
local call = phone.call

test("add, get, list, update, delete", phone.life)

test("bad data, foreign and read-only keys", phone.guard)

-- The example of the document has eight octets, and was refused.
test("a phone with a long address", function(t)
  local res = call(t, "add", { object = "phones" },
    [[{"ph_name":"George Basement","ph_mac":"AA:BB:CC:DD:EE:FF:00:11","ph_pm_id":5}]])
  t.equal(res.json and res.json.ph_mac, "AABBCCDDEEFF0011", res.body)
end)
