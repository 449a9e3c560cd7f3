-- Does what calls ask for: a sound that was recorded, an address to be asked, a queue to count anew.
local callaction = require "model.callaction"
local task = require "task"

local function run()
  task.scope("*") -- calls of all tenants
  return callaction.run()
end

return job { name = "callactions", every = 1, run = run }
