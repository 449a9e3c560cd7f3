-- Calls the numbers of campaigns.
local dialler = require "model.dialler"
local log = require "log"
local task = require "task"

-- An outage is one line, not one per second.
local failing = false

local function run()
  task.scope("*") -- campaigns of all tenants
  local count, err = dialler.run()
  if not count and not failing then log.warn("campaigns cannot be called", { error = err.message }) end
  failing = count == nil
end

return job { name = "dialler", every = 2, run = run }
