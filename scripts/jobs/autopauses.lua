-- Follows QUEUE-ONAUTOPAUSE when a member of a queue has been paused for not answering.
local autopause = require "model.autopause"
local log = require "log"
local task = require "task"

local function run()
  task.scope("*") -- queues of all tenants
  local done, err = autopause.run()
  if not done then log.warn("what follows a pause was not done", { error = err.message }) end
end

return job { name = "autopauses", every = 60, on = { "QueueMemberPause" }, run = run }
