-- OpenAPI phonebookentry: values by code, empty clears.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

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
