-- Patterns of outbound routes, both ways.
local outbound = require "mikopbx.lib.outbound"

test("beginnings and rests become patterns and come back", function(t)
  for regex, parts in pairs({
    ["^00[0-9]{9}$"] = { "00", 9 }, ["^8"] = { "8", -1 }, ["^112$"] = { "112", 0 }, ["^"] = { "", -1 },
    ["^[0-9]{3}$"] = { "", 3 }, ["^[+]7[0-9]{10}$"] = { "+7", 10 }, ["^(7|8)[0-9]{10}$"] = { "(7|8)", 10 },
  }) do
    t.equal(outbound.regex(parts[1], parts[2]), regex)
    t.equal({ outbound.parts(regex) }, parts)
  end
  t.equal({ outbound.parts("[2-9]..") }, { "[2-9]..", -1 })
end)
