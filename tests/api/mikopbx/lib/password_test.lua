-- Scores of passwords. /passwords's tests ask for them.
local password = require "mikopbx.lib.password"

test("length, kinds, variety, and what takes away", function(t)
  for text, score in pairs({ [""] = 0, a = 1 + 10 + 20 - 15, ["Aa1-Aa1-Aa1-"] = 20 + 40 + 10 + 10, ["qwerty-X9-mnbv"] = 20 + 40 + 20 + 10 - 10,
    ["54321abc"] = 10 + 20 + 20 - 10 }) do
    t.equal(password.score(text), score, text)
  end
  t.equal(password.strength(60), "fair")
  t.equal(password.strength(61), "good")
end)
