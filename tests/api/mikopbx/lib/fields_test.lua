-- lib.fields: the clean-up MikoPBX does before it checks.
local fields = require "mikopbx.lib.fields"

local RULES = {
  name = { max = 5, default = "none" }, number = { digits = true, max = 4 },
  on = { type = "boolean", default = true }, port = { type = "integer", min = 1, most = 9 },
  kind = { enum = { "a", "b" } }, length = { type = "integer", empty = 0 },
}

test("cut, reduced to digits, converted, defaulted", function(t)
  local out = fields.clean(RULES, { name = "abcdefg", number = "a1b2", port = "3", length = "" },
    true)
  t.equal(out, { name = "abcde", number = "12", on = true, port = 3, length = 0 })
  t.equal(fields.clean(RULES, {}, false), {})
  for value, expected in pairs({ ["0"] = false, off = false, yes = true, ["1"] = true }) do
    t.equal(fields.clean(RULES, { on = value }).on, expected)
  end
end)

test("unknown fields are dropped, tables where text belongs too", function(t)
  t.equal(fields.clean(RULES, { nonsense = 1, name = { 1 } }), {})
end)

test("enumerations and bounds are named", function(t)
  local out, err = fields.clean(RULES, { kind = "c", port = 10 })
  t.equal(out, nil)
  t.equal(err.code, "invalid")
  t.equal(err.messages, { "Field 'kind' must be one of: a, b",
    "Field 'port' must be at most 9 (got 10)" })
end)
