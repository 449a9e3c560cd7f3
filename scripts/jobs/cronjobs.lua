-- Runs cron jobs at their time, and those that are asked to run now.
local cronjob = require "model.cronjob"
local task = require "task"

local function run()
  task.scope("*") -- jobs of all tenants
  return cronjob.run_due()
end

return job { name = "cronjobs", every = 2, run = run }
