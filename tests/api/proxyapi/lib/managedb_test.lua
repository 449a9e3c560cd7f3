-- lib.managedb: the data of a change, and lists keyed by id.
local json = require "json"
local managedb = require "proxyapi.lib.managedb"

test("fields must be JSON of an object", function(t)
  t.equal(managedb.fields({ params = { jsondata = '{"a":1}' } }), { a = 1 })
  for _, text in ipairs({ "", "x", "1", '"a"', "[1]", "[]" }) do
    local fields, refused = managedb.fields({ params = { jsondata = text } })
    t.equal(fields, nil)
    t.equal(refused.message, "Invalid jsondata")
  end
end)

test("an object keyed by id, in the order of the rows", function(t)
  local rows = { { id = 9, n = "b" }, { id = 10 } }
  t.equal(json.encode(managedb.keyed(rows, "id", { "id", "n" })),
    '{"9":{"id":"9","n":"b"},"10":{"id":"10","n":null}}')
  t.equal(json.encode(managedb.keyed({}, "id", { "id" })), "{}")
end)

test("a list is one object of rows by their ids, whatever their texts hold", function(t)
  local names = { '{"ex_id":"7"', "a/b \\ é", "}, {", "" }
  for i, name in ipairs(names) do
    t.equal(t.http:post("/mirtapbx/openapi.php/extensions", { headers = { ["X-API-Key"] = t.key }, query = { tenant = "DEMO" },
      json = { number = "77" .. i, name = name, password = "secret-77" } }).status, 201)
  end
  local function list(filter)
    return t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO", reqtype = "MANAGEDB",
      object = "extension", action = "list", filter = filter } })
  end
  local res = list()
  for i, name in ipairs(names) do
    local row = t.sql("SELECT ex_id, ex_name FROM ex_extensions WHERE ex_number = ?", { "77" .. i })[1]
    t.equal(res.json[tostring(row.ex_id)], { ex_id = tostring(row.ex_id), ex_name = row.ex_name, ex_number = "77" .. i }, name)
  end
  t.contains(res.body, "a\\/b \\\\ \\u00e9")
  -- the other way to the same answer, row by row
  t.equal(list("ex_number LIKE '%'").body, res.body)
  t.equal(list("ex_number = 'none'").body, "{}")
end)
