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
