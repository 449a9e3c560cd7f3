-- openapi/lib/forms.lua: what an address of openapi.php may look like, stated once.
local forms = require "openapi.lib.forms"

test("an object has its paths in the plural and the singular", function(t)
  local verbs = forms.verbs({ name = "did", plural = "dids" })
  t.equal(verbs.list, { "GET /dids" })
  t.equal(verbs.create, { "POST /dids", "POST /did" })
  t.equal(verbs.get, { "GET /dids/{id}", "GET /did/{id}", "GET /did" })
  t.equal(#verbs.update, 6)
end)

test("what has a number is found by it, too", function(t)
  local verbs = forms.verbs({ name = "extension", plural = "extensions", number_column = "ex_number" })
  t.equal(verbs.delete, { "DELETE /extensions/{id}", "DELETE /extension/{id}", "DELETE /extension",
    "DELETE /extensions/number/{number}", "DELETE /extension/number/{number}" })
end)

test("words and methods of the compatibility form are one table", function(t)
  t.equal(forms.words("GET"), { "list", "info", "get" })
  t.equal(forms.words("PUT"), { "update", "modify", "edit" })
  t.equal(forms.words("DELETE"), { "delete", "remove" })
  t.equal(#forms.words("POST"), 10)
  local paths = t.http:get("/openapi.php/openapi.json").json.paths
  for _, method in ipairs({ "GET", "POST", "PUT", "PATCH", "DELETE" }) do
    t.equal(paths["/"][method:lower()].parameters[2].schema.enum, forms.words(method), method)
  end
end)

test("a path says where it tells which one is meant", function(t)
  local by = {}
  for _, form in ipairs(forms.paths({ name = "did", plural = "dids", number_column = "di_number" })) do by[form.path] = form.by or "" end
  t.equal(by, { ["/dids"] = "", ["/dids/{id}"] = "id", ["/did"] = "query", ["/dids/number/{number}"] = "number" })
end)

test("a query names an object by its id, and by its number where it has one", function(t)
  t.equal({ forms.named({ objectid = "3", number = "39" }, {}) }, { "3" })
  t.equal({ forms.named({ id = "4", number = "100" }, { number_column = "ex_number" }) }, { "4", "100" })
end)
