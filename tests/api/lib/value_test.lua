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

test("a cell is no formula, and a number stays one", function(t)
  for text, cell in pairs { ["=1+1"] = "'=1+1", ["+1+cmd|' /C calc'!A0"] = "'+1+cmd|' /C calc'!A0", ["-x"] = "'-x", ["@SUM(A1)"] = "'@SUM(A1)",
    ["\t=1"] = "'\t=1", ["+39 347 123"] = "+39 347 123", ["-1.5"] = "-1.5", ["Ada"] = "Ada", [""] = "", ["a=b"] = "a=b" } do
    t.equal(value.cell(text), cell)
  end
end)

test("tables are the same by what they hold", function(t)
  t.equal(value.same({ a = { 1, { b = "x" } } }, { a = { 1, { b = "x" } } }), true)
  t.equal(value.same({ 1 }, { 1, 2 }), false)
  t.equal(value.same({ 1, 2 }, { 1 }), false)
  t.equal(value.same({}, "x"), false)
  t.equal({ value.names({ b = 1, a = 2 }), value.names(nil) }, { { "a", "b" }, {} })
end)

test("rows by a column, and what a list holds", function(t)
  local rows = { { kind = "a", n = 1 }, { kind = "b", n = 2 }, { kind = "a", n = 3 } }
  function rows.each(list)
    local i = 0
    return function()
      i = i + 1
      return list[i]
    end
  end
  local groups = value.grouped(rows, "kind")
  t.equal({ #groups.a, groups.a[2].n, #groups.b }, { 2, 3, 1 })
  t.equal({ value.holds({ 1, "x" }, "x"), value.holds({ 1 }, "1") }, { true, false })
end)
