-- Sums of looks; /sip's tests read whole histories.
local history = require "mikopbx.lib.sip_history"
local json = require "json"

test("days are added up, the longest and shortest way kept", function(t)
  local all = history.sum({ { checks = 2, good = 1, rtts = 1, rttsum = 10, rttmin = 10, rttmax = 10 },
    { checks = 1, good = 1, rtts = 1, rttsum = 30, rttmin = 30, rttmax = 30 },
    { checks = 1, good = 0, rtts = 0, rttsum = 0 } })
  t.equal(all, { checks = 4, good = 2, rtts = 2, rttsum = 40, rttmin = 10, rttmax = 30 })
  t.equal({ history.percent(2, 4), history.percent(0, 0), history.average(40, 2) }, { 50, 0, 20 })
  t.equal(history.average(0, 0), json.null)
end)

test("a limit is kept within its bounds", function(t)
  t.equal({ history.clamp(nil, 1, 9, 5), history.clamp("0", 1, 9, 5), history.clamp("99", 1, 9, 5) }, { 5, 1, 9 })
end)
