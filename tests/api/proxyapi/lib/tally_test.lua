-- lib.tally: counts by node.
local answer = require "proxyapi.lib.answer"
local tally = require "proxyapi.lib.tally"

test("sorted pairs with a total, integers in JSON", function(t)
  local it = tally.by_node({ srv02 = 2, srv01 = 1 })
  t.equal(answer.encode(it, "plain").body, "srv01:1|srv02:2|total:3|")
  t.equal(answer.encode(it, "json").body, '{"srv01":1,"srv02":2,"total":3}')
end)
