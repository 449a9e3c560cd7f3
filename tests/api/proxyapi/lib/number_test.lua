-- Numbers as people write them.
local number = require "proxyapi.lib.number"

test("numbers", function(t)
  for given, wanted in pairs({
    ["0461 123-456"] = "0461123456", ["(0461) 123456"] = "0461123456", [" 493012"] = "+493012", ["+49 30/12"] = "+493012",
    ["100-DEMO"] = "100-DEMO", ["*78"] = "*78", ["anna"] = "anna", ["101"] = "101", ["1.2.3"] = "123", ["-"] = "-",
  }) do
    t.equal(number.plain(given), wanted, given)
  end
  t.equal(number.plain(nil), nil)
end)

test("caller ids", function(t)
  for given, wanted in pairs({
    ['"Ann Lee" <0611>'] = "0611", ["0611223344<Dial:>"] = "0611223344", ["0611"] = "0611", ["Ann <+39-02>"] = "+39-02",
    ['"Ann" <>'] = "Ann", ["<0611>"] = "0611",
  }) do
    t.equal(number.caller(given), wanted, given)
  end
end)
