-- lib.fields: the clean-up MikoPBX does before it checks.
local fields = require "mikopbx.lib.fields"
local json = require "json"

local RULES = {
  name = { max = 5, default = "none" }, number = { digits = true, max = 4 },
  on = { type = "boolean", default = true }, port = { type = "integer", min = 1, most = 9 },
  kind = { enum = { "a", "b" } }, length = { type = "integer", empty = 0 },
}

test("converted and defaulted", function(t)
  local out = fields.clean(RULES, { name = "abcde", number = "12", port = "3", length = "" }, true)
  t.equal(out, { name = "abcde", number = "12", on = true, port = 3, length = 0 })
  t.equal(fields.clean(RULES, {}, false), {})
  for value, expected in pairs({ ["0"] = false, off = false, yes = true, ["1"] = true }) do
    t.equal(fields.clean(RULES, { on = value }).on, expected)
  end
end)

-- 100 Cyrillic characters came back as 50, nine digits as eight, "12a4" as 124, a port "abc" as 5060.
test("nothing is cut or reduced: what cannot be kept is named", function(t)
  t.equal(fields.clean(RULES, { name = "Иванн" }).name, "Иванн")
  for name, wrong in pairs({
    name = { "Иванов", "Field 'name' must be at most 5 characters (got 6)" },
    number = { "12a4", "Field 'number' must be digits" },
    port = { "abc", "Field 'port' must be a number" },
    on = { "maybe", "Field 'on' must be true or false" },
    kind = { { 1 }, "Field 'kind' must not be a list or an object" },
  }) do
    local out, err = fields.clean(RULES, { [name] = wrong[1] })
    t.equal(out, nil)
    t.equal(err.messages, { wrong[2] })
  end
end)

-- A JSON number of sixteen digits was stored as 1.2345678901235e+16.
test("numbers are digits as long as they are exact", function(t)
  t.equal(fields.clean({ id = {} }, { id = 79001234567 }).id, "79001234567")
  local out, err = fields.clean({ id = {} }, { id = 12345678901234567 })
  t.equal(out, nil)
  t.equal(err.message, "Field 'id' must be a text")
end)

test("unknown fields are dropped, null is not given", function(t)
  t.equal(fields.clean(RULES, { nonsense = 1, name = json.null }), {})
end)

test("enumerations and bounds are named", function(t)
  local out, err = fields.clean(RULES, { kind = "c", port = 10 })
  t.equal(out, nil)
  t.equal(err.code, "invalid")
  t.equal(err.messages, { "Field 'kind' must be one of: a, b",
    "Field 'port' must be at most 9 (got 10)" })
end)
