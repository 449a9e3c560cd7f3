-- /user-page-tracker: pages that somebody looks at.
local client = require "support.mikopbx"

test("a page is told back with the time", function(t)
  local function post(name, json) return t.http:post(client.BASE .. "/user-page-tracker:" .. name, { json = json }) end
  local it = post("pageView", { sessionId = "a", pageName = "extensions/index" }).json.data
  t.equal({ it.sessionId, it.pageName, it.expire }, { "a", "extensions/index", 300 })
  t.truthy(it.timestamp > 1700000000)
  t.equal(post("pageView", { pageName = "x", expire = 3601 }).status, 422)
  t.equal(post("pageView", { sessionId = "a" }).status, 422)
  t.equal(post("pageLeave", { sessionId = "a", pageName = "x" }).json.data.pageName, "x")
  t.equal(post("pageLeave", {}).status, 422)
end)
