-- Patterns of outbound routes, both ways.
local pattern = require "mikopbx.lib.pattern"

test("beginnings and rests become patterns and come back", function(t)
  for regex, parts in pairs({
    ["^00[0-9]{9}$"] = { "00", 9 }, ["^8"] = { "8", -1 }, ["^112$"] = { "112", 0 }, ["^"] = { "", -1 },
    ["^[0-9]{3}$"] = { "", 3 }, ["^[+]7[0-9]{10}$"] = { "+7", 10 }, ["^(7|8)[0-9]{10}$"] = { "(7|8)", 10 },
  }) do
    t.equal(pattern.regex(parts[1], parts[2]), regex)
    t.equal({ pattern.parts(regex) }, parts)
  end
  t.equal({ pattern.parts("[2-9]..") }, { "[2-9]..", -1 })
end)

test("what is no beginning", function(t)
  t.equal(pattern.problem("(7|8)"), nil)
  t.matches(pattern.problem("a.*"), "must be digits")
  for _, text in ipairs({ "(7|8", "7)(" }) do t.equal(pattern.problem(text), "a bracket is missing") end
end)
