-- Runs cron jobs at their time, and those that are asked to run now.
local cronjob = require "model.cronjob"
local log = require "log"
local task = require "task"

-- An outage is one line, not one per second.
local failing = false

local function run()
  task.scope("*") -- jobs of all tenants
  local ok, err = cronjob.run_due()
  if not ok and not failing then log.warn("a cron job was not run", { error = err.message }) end
  failing = not ok
end

return job { name = "cronjobs", every = 2, run = run }
