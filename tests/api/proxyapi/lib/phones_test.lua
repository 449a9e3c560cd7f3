-- What was asked of phones, as answers.
local phones = require "proxyapi.lib.phones"

local function answer(peer, results, total)
  return phones.answer({ params = { peer = peer } }, results, total)
end

test("one, all a line each, all with a number", function(t)
  local good, bad = { peer = "1", message = "done" }, { peer = "2", error = { message = "no" } }
  t.equal(answer("1", { good }).message, "done")
  t.equal(answer("2", { bad }).response, "Error")
  t.equal(#answer("ALL", { good, bad }).actions, 2)
  t.equal(answer("all", { good, bad }, function(count) return count .. " done" end).message, "1 done")
end)
