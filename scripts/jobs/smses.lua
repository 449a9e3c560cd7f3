-- Sends short messages that wait.
local sms = require "model.sms"
local task = require "task"

local function run()
  task.scope("*") -- messages of all tenants
  return sms.run()
end

return job { name = "smses", every = 1, run = run }
