-- lib.trunk_regex: expressions as the dialplan can follow them.
local trunk_regex = require "mikopbx.lib.trunk_regex"

test("before, what is found, behind", function(t)
  for text, wanted in pairs({
    [ [[\d{10,11}]] ] = { "", "[0-9]{10,11}", "" }, [ [[sip:\+?(\d+)@]] ] = { "sip:[+]?", "[0-9]+", "@" },
    [ [[^(?:tel|sip):([\d*#]+);]] ] = { "^(tel|sip):", "[0-9*#]+", ";" }, [ [[a(b(c)d)e]] ] = { "a", "b(c)d", "e" },
    [ [[[(]x(\d)[)]$]] ] = { "[(]x", "[0-9]", "[)]$" }, ["7|8"] = { "", "7|8", "" },
  }) do
    t.equal({ trunk_regex.split(text) }, wanted, text)
  end
end)

test("what it cannot follow is refused", function(t)
  for _, text in ipairs({ [[\bx]], [[(a)\1]], "(?=a)", "a+?", "(a", "a)", "[a", 'a"b', "a|(b)", "(a)+", [[\\]] }) do
    local found, problem = trunk_regex.split(text)
    t.equal(found, nil, text)
    t.truthy(problem)
  end
end)
