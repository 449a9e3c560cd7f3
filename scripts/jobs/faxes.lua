-- Sends faxes that wait.
local fax = require "model.fax"
local log = require "log"
local task = require "task"

-- An outage is one line, not one per second.
local failing = false

local function run()
  task.scope("*") -- faxes of all tenants
  local count, err = fax.run()
  if not count and not failing then log.warn("faxes cannot be sent", { error = err.message }) end
  failing = count == nil
end

return job { name = "faxes", every = 2, run = run }
