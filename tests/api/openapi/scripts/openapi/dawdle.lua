-- A read that would take longer than any client of the tests waits.
local task = require "task"

local dawdle = route {
  object = "dawdle",
  summary = "Takes its time.",
  actions = { get = { verb = "GET /dawdle", access = "read" } },
}

function dawdle.get()
  task.sleep(25)
  return { late = true }
end

return dawdle
