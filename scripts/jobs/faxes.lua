-- Sends faxes that wait.
local fax = require "model.fax"
local task = require "task"

local function run()
  task.scope("*") -- faxes of all tenants
  return fax.run()
end

return job { name = "faxes", every = 2, run = run }
