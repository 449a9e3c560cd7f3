-- Module `csv`.
local csv = require "csv"
local json = require "json"
local store = require "store"

test("values are quoted when they must be", function(t)
  t.equal(csv.encode({ { "a", 1, true, false }, { 'say "x"', "b,c", "d\ne", "f g" } }),
    'a,1,1,0\n"say ""x""","b,c","d\ne","f g"\n')
end)

test("a header, empty values, another separator and line end", function(t)
  t.equal(csv.encode({ { "a", json.null, "c" }, { "d" } },
    { header = { "x", "y", "z" }, separator = ";", line_end = "\r\n" }),
    "x;y;z\r\na;;c\r\nd;;\r\n")
  t.equal(csv.encode({}), "")
end)

test("rows of the store keep their columns' order", function(t)
  local rows = store.query("SELECT 2 AS b, NULL AS n, 'x,y' AS a")
  t.equal(csv.encode(rows, { header = rows.columns }), 'b,n,a\n2,,"x,y"\n')
end)

test("decode reads what encode wrote", function(t)
  local rows = { { "a", "", 'q"q' }, { "x\ny", "1,2", " " } }
  t.equal(csv.decode(csv.encode(rows)), rows)
  t.equal(csv.decode("\239\187\191a;b\r\n\r\nc;d", { separator = ";" }), { { "a", "b" }, { "c", "d" } })
  t.equal(csv.decode(""), {})
end)

test("broken text is invalid and names its line", function(t)
  local rows, err = csv.decode('a,b\n"open')
  t.equal(rows, nil)
  t.equal(err.code, "invalid")
  t.contains(err.message, "2")
  rows, err = csv.decode('"a"b')
  t.equal(rows, nil)
  t.equal(err.code, "invalid")
end)

test("what no line can hold raises", function(t)
  t.falsy(pcall(csv.encode, { "text" }))
  t.falsy(pcall(csv.encode, { { {} } }))
  t.falsy(pcall(csv.encode, { { csv.encode } }))
end)
