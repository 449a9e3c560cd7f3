-- A request whose answers are not as it declares them.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"

local wrong = route {
  reqtype = "WRONG",
  summary = "Answer wrongly.",
  actions = { get = { access = "read", result = shapes.record({ "count" }, { "1" }) } },
}

function wrong.get(req)
  if req.format == "json" then return answer.custom("", json.ordered("count", 1)) end
  return answer.record({ "count", "more" }, { count = 1, more = 2 })
end

return wrong
