-- lib.value: days that exist, numbers without an exponent.
local value = require "lib.value"

test("days that exist", function(t)
  t.equal(value.datetime("2024-02-29"), "2024-02-29 00:00:00")
  t.equal(value.datetime("2023-02-29"), nil)
  t.equal(value.datetime("1900-02-29"), nil)
  t.equal(value.datetime("2000-02-29 10:00"), "2000-02-29 10:00:00")
end)

test("whole numbers have all their digits", function(t)
  t.equal(value.number_text(12345678901234), "12345678901234")
  t.equal(value.number_text(-3), "-3")
  t.equal(value.number_text(0.5), "0.5")
end)

test("of several tables the later one has the last word, and none is changed", function(t)
  local first, last = { a = 1, b = 1 }, { b = 2, c = 2 }
  t.equal(value.merged(first, nil, last), { a = 1, b = 2, c = 2 })
  t.equal({ first, last }, { { a = 1, b = 1 }, { b = 2, c = 2 } })
end)
