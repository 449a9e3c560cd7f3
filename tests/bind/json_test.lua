-- Module `json`.
local json = require "json"
local store = require "store"

test("kinds of tables", function(t)
  t.equal(json.encode({}), "[]")
  t.equal(json.encode(json.object {}), "{}")
  t.equal(json.encode({ 1, "2", true, json.null }), '[1,"2",true,null]')
  t.equal(json.encode({ b = 1, a = { c = {} } }), '{"a":{"c":[]},"b":1}')
  t.equal(json.encode(json.ordered("z", 1, "a", nil, "b", 2)), '{"z":1,"b":2}')
  t.equal(json.encode({ x = json.raw("[1, 2]") }), '{"x":[1, 2]}')
  t.equal(json.encode(json.array({ 1, n = 2 })), "[1]")
end)

test("decode keeps the kinds", function(t)
  t.equal(json.encode(json.decode('{"a":{},"b":[],"c":[{}]}')), '{"a":{},"b":[],"c":[{}]}')
  t.equal(json.is_array(json.decode("[]")), true)
  t.equal(json.is_array(json.decode("{}")), false)
  t.equal(json.decode("null"), json.null)
  t.equal(json.decode('"\\u00e9\\n\\ud83d\\ude00"'), "\195\169\n\240\159\152\128")
end)

test("whole numbers beyond 2^53 are their digits", function(t)
  t.equal(json.decode("[12345678901234567,9007199254740992,-9007199254740993,12]"),
    { "12345678901234567", 2 ^ 53, "-9007199254740993", 12 })
end)

test("broken text is invalid", function(t)
  for _, text in ipairs { "", "{", "[1,]", "nul", "1 2", '"\\x"', '"\1"', "\255", "1e999",
    ("["):rep(65) .. ("]"):rep(65) } do
    local value, err = json.decode(text)
    t.equal(value, nil, text)
    t.equal(err.code, "invalid", text)
  end
  t.truthy(json.decode(("["):rep(64) .. ("]"):rep(64)))
end)

test("what JSON cannot hold raises", function(t)
  local cycle = {}
  cycle.self = cycle
  for _, value in ipairs { cycle, { f = function() end }, { 0 / 0 }, { math.huge } } do
    t.falsy(pcall(json.encode, value))
  end
end)

test("ways of writing", function(t)
  t.equal(json.encode({ "a/\195\169" }, { php = true }), '["a\\/\\u00e9"]')
  t.equal(json.encode({ a = { 1 } }, { indent = true }), '{\n  "a": [\n    1\n  ]\n}')
  t.equal(json.decode(json.encode("a\255b")), "a\239\191\189b")
end)

test("rows of the store are objects in column order", function(t)
  t.equal(json.encode(store.query("SELECT 1 AS z, 'x' AS a, NULL AS n")), '[{"z":1,"a":"x","n":null}]')
end)
