-- lib.columns: a value against its column.
local columns = require "engine.column"

local TEXT = { name = "x", kind = "text", max = 5 }
local NUMBER = { name = "n", kind = "integer", not_null = true }

test("text: length in characters, no control characters, flags", function(t)
  t.equal(columns.convert(TEXT, "x", "\195\164\195\164\195\164\195\164\195\164"), "\195\164\195\164\195\164\195\164\195\164")
  t.equal(columns.convert(TEXT, "x", true), "on")
  t.equal(columns.convert(TEXT, "x", 20), "20")
  for _, value in ipairs({ "toolong", "a\nb", "a\0b", {} }) do
    local converted, err = columns.convert(TEXT, "x", value)
    t.equal(converted, nil)
    t.equal(err.field, "x")
  end
end)

test("numbers: whole, in range, never NULL where the column forbids it", function(t)
  t.equal(columns.convert(NUMBER, "n", "12"), 12)
  t.equal(columns.convert(NUMBER, "n", true), 1)
  for _, value in ipairs({ "", "1.5", "0x1F", "nan", "1e400" }) do
    t.equal(columns.convert(NUMBER, "n", value), nil, value)
  end
end)

test("rules: enum, pattern, bounds", function(t)
  t.equal(columns.convert(TEXT, "x", "b", { enum = { "a" } }), nil)
  t.equal(columns.convert(TEXT, "x", "1a", { pattern = "%d*" }), nil)
  t.equal(columns.convert(NUMBER, "n", -1, { low = 0 }), nil)
end)

test("the schema is the source", function(t)
  local described = columns.of("cr_conferencerooms")
  t.equal(described.by_name.cr_number.max, 40)
  t.equal(described.by_name.cr_bookid.kind, "integer")
end)

test("text that any answer can hold", function(t)
  local free = { name = "x_notes", kind = "text", free = true }
  t.equal(columns.convert(free, "notes", "a\tb\r\nc"), "a\tb\r\nc")
  local _, err = columns.convert(free, "notes", "a\1b")
  t.equal(err.message, "notes: holds a control character")
  _, err = columns.convert({ name = "x", kind = "number" }, "x", 1 / 0)
  t.equal(err.field, "x")
  _, err = columns.convert({ name = "x", kind = "text" }, "x", "secret word", { pattern = "%d+" }, true)
  t.equal(err.message, "x: not valid", "a secret is not repeated")
end)

test("ids are whole numbers, written plainly", function(t)
  for _, good in ipairs({ 5, "5", 0 }) do t.equal(columns.id(good), tonumber(good)) end
  for _, bad in ipairs({ -1, 1.5, "0x5", "5 ", "", true, 2 ^ 60, {} }) do t.equal(columns.id(bad), nil) end
end)
