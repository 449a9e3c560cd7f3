-- OpenAPI phonebookentry: values by code, empty clears.
local call = require("support.openapi").call

test("values in every form, empty ones clear", function(t)
  local book = call(t, "post", "/phonebooks?tenant=DEMO", { name = "B" }).json.id
  local res = call(t, "post", "/phonebookcontacts?tenant=DEMO", { pbid = book, NAME = "Ross",
    fields = { PHONE1 = "123" }, details = { { pi_code = "EMAIL", value = "r@example.com" } } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.values, { NAME = "Ross", PHONE1 = "123", EMAIL = "r@example.com" })
  t.equal(res.json.related.phonebook.pb_name, "B")
  res = call(t, "patch", "/phonebookentries/" .. res.json.id .. "?tenant=DEMO", { values = { EMAIL = "" } })
  t.equal(res.json.values, { NAME = "Ross", PHONE1 = "123" })
  t.equal(#call(t, "get", "/phonebookentries?tenant=DEMO&phonebook_id=" .. book).json, 1)
  t.equal(#call(t, "get", "/phonebookentries?tenant=DEMO&phonebook_id=" .. book + 1).json, 0)
  t.equal(call(t, "post", "/phonebookentries?tenant=DEMO", { phonebook_id = book }).status, 400)
end)

test("values in every form, cleared by empty and null", function(t)
  local book = call(t, "post", "/phonebooks?tenant=DEMO", { name = "Forms" }).json.id
  for i, body in ipairs({ { values = { NAME = "A", PHONE1 = "1" } }, { fields = { NAME = "A", PHONE1 = "1" } }, { NAME = "A", PHONE1 = 1 },
    { details = { { pi_code = "NAME", value = "A" }, { pi_id = 2, value = "1" } } }, { name = "A", phone1 = "1" } }) do
    body.phonebook_id = book
    local res = call(t, "post", "/phonebookentries?tenant=DEMO", body)
    t.equal(res.status, 201, res.body)
    t.equal({ res.json.values.NAME, res.json.values.PHONE1 }, { "A", "1" }, tostring(i))
    res = call(t, "patch", "/phonebookentries/" .. res.json.id .. "?tenant=DEMO", { values = { PHONE1 = "" } })
    t.equal({ res.json.values.NAME, res.json.values.PHONE1 }, { "A" })
  end
  t.equal(call(t, "post", "/phonebookentries?tenant=DEMO", { phonebook_id = book }).json.error.code, "missing_required_field")
  for _, name in ipairs({ "phonebook_id", "pbid", "pe_pb_id" }) do
    t.equal(#call(t, "get", "/phonebookentries?tenant=DEMO&" .. name .. "=" .. book).json, 5, name)
  end
end)
