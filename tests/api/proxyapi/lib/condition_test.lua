-- lib.condition: conditions that look like SQL and never are.
local condition = require "proxyapi.lib.condition"

local COLUMNS = { te_id = true, te_code = true, te_disabled = true }

local function holds(text, row)
  local matches = condition.parse(text, COLUMNS)
  return matches and matches(row)
end

test("operators, numbers by value, text as text", function(t)
  local row = { te_id = 10, te_code = "DEMO", te_disabled = "on" }
  for text, expected in pairs({
    ["te_disabled='on'"] = true, ["te_disabled != 'on'"] = false, ["te_id > '9'"] = true,
    ["te_id <= '10'"] = true, ["te_id<>'10'"] = false, ["te_code LIKE 'de%'"] = true,
    ["te_code like '%M_'"] = true, ["te_code LIKE 'E%'"] = false,
    ["te_code='DEMO' AND te_id='10'"] = true, ["te_code='DEMO' and te_id='11'"] = false,
    ["te_code = ''"] = false,
  }) do
    t.equal(holds(text, row), expected, text)
  end
end)

test("an absent value is empty text", function(t)
  t.equal(holds("te_disabled=''", {}), true)
end)

test("everything else is not understood", function(t)
  for _, text in ipairs({
    "", "1=1", "te_id", "te_id=1", "us_password='x'", "te_id='1' OR 1=1", "te_id='1';",
    "te_id='1' AND", "te_id ~ 'x'", "te_id='1' --", "te_code='a' 'b'",
  }) do
    t.equal(condition.parse(text, COLUMNS), nil, text)
  end
  t.equal(condition.parse(("te_id='1' AND "):rep(30) .. "te_id='1'", COLUMNS), nil)
end)

test("many wildcards do not match anything", function(t)
  t.equal(holds("te_code LIKE '%a%a%a%a%a%b'", { te_code = ("a"):rep(200) }), false)
end)
