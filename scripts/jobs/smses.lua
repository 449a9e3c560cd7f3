-- Sends short messages that wait.
local log = require "log"
local sms = require "model.sms"
local task = require "task"

-- An outage is one line, not one per second.
local failing = false

local function run()
  task.scope("*") -- messages of all tenants
  local count, err = sms.run()
  if not count and not failing then log.warn("messages cannot be sent", { error = err.message }) end
  failing = count == nil
end

return job { name = "smses", every = 1, run = run }
