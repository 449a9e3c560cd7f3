-- For the tests of `http`: says nothing for as long as somebody waits.
local task = require "task"

local silent = route {
  family = "silent",
  summary = "No answer.",
  actions = { wait = { verb = "GET /bind/silent", access = "read" } },
}

function silent.wait() task.sleep(600) end

return silent
