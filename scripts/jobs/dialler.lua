-- Calls the numbers of campaigns.
local dialler = require "model.dialler"
local task = require "task"

local function run()
  task.scope("*") -- campaigns of all tenants
  return dialler.run()
end

return job { name = "dialler", every = 2, run = run }
