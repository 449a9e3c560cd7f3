-- OpenAPI phonebook: layout and cascade.
local call = require("support.openapi").call

test("a phonebook has the default layout, and takes its entries along", function(t)
  local res = call(t, "post", "/phonebooks?tenant=DEMO", { name = "Customers", include_extensions = "on" })
  t.equal(res.status, 201, res.body)
  local codes = {}
  for i, item in ipairs(res.json.related.layout) do codes[i] = item.pi_code end
  t.equal(codes, { "NAME", "PHONE1", "PHONE2", "EMAIL", "ROUTING" })
  t.equal(#res.json.related.available_items, 18)
  local entry = call(t, "post", "/phonebookentries?tenant=DEMO", { phonebook_id = res.json.id, values = { NAME = "Ross" } })
  t.equal(entry.status, 201, entry.body)
  t.equal(call(t, "get", "/phone_book?id=" .. res.json.id .. "&tenant=DEMO").json.related.entries_count.count, "1")
  call(t, "delete", "/phonebooks/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM pe_phonebookentries"), 0)
  t.equal(#t.sql("SELECT 1 FROM pd_phonebookdetails"), 0)
end)

test("an unknown item is refused", function(t)
  t.equal(call(t, "post", "/phonebooks?tenant=DEMO", { name = "X", layout = { "NAME", "NOPE" } }).json.error.field, "layout")
end)
