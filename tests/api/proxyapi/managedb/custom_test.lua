-- MANAGEDB object custom.
local managedb = require "support.managedb"

local custom = managedb.object {
  object = "custom", id = "cu_id", shown = { "cu_name" },
  fields = { cu_name = "Boss phone", cu_ct_id = 1, cu_param1 = "3564732920" }, change = { cu_param1 = "0636287454" },
}

test("add, get, list, update, delete", custom.life)

test("bad data, foreign and read-only keys", custom.guard)

test("the list says what kind it is", function(t)
  local id = custom.call(t, "add", nil, [[{"cu_name":"Boss","cu_ct_id":1,"cu_param1":"3564732920"}]]).json.cu_id
  t.equal(custom.call(t, "list").json[id].ct_name,
    t.sql("SELECT ct_name FROM ct_customtypes WHERE ct_id = 1")[1].ct_name)
end)
