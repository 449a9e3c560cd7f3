-- Does what calls ask for: a sound that was recorded, an address to be asked, a queue to count anew.
local callaction = require "model.callaction"
local log = require "log"
local task = require "task"

-- An outage is one line, not one per second.
local failing = false

local function run()
  task.scope("*") -- calls of all tenants
  local ok, err = callaction.run()
  if not ok and not failing then log.warn("what calls asked for was not done", { error = err.message }) end
  failing = not ok
end

return job { name = "callactions", every = 1, run = run }
