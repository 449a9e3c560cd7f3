-- kalliope.lib.view: the store with what waits over it.
local view = require "kalliope.lib.view"

test("changed, gone and new ones of a list", function(t)
  local it = view.new({ tenant = { id = 1, code = "DEMO" } })
  it.touched.contact = { [1] = { id = 1, phone = "11" }, [2] = false, [4] = { id = 4, phone = "4" } }
  local list = it:over("contact", { { id = 1, phone = "1" }, { id = 2 }, { id = 3, phone = "3" } }, "id")
  local phones = {}
  for i, record in ipairs(list) do phones[i] = record.phone end
  t.equal(phones, { "11", "3", "4" })
  t.equal(it:record("contact", 2), nil)
end)

test("a change of what is not there is none, unless it deletes", function(t)
  local it = view.new({ tenant = { id = 1, code = "DEMO" } })
  local gone = { object = "user", id = 999999, action = "update", values = {} }
  t.equal(it:play(gone), {})
  local steps, err = it:play(gone, true)
  t.equal(steps, nil)
  t.equal(err.code, "not_found")
  gone.action = "delete"
  t.equal(it:play(gone, true), {})
end)
