-- Keeps what becomes of phones and trunks.
local linkhistory = require "model.linkhistory"
local node = require "model.node"
local task = require "task"

-- After a restart all phones come at once; one look is enough for all that come within so many seconds.
local GATHER = 1

local function run(events)
  task.scope("*") -- phones of all tenants
  local told = #events > 0
  if told then task.sleep(GATHER) end
  -- What a node that is away had is unknown, not gone.
  if node.away() then return true end
  local ok, err = linkhistory.observe()
  if ok and not told then ok, err = linkhistory.prune() end
  return ok, err
end

return job { name = "links", every = 60, on = { "ContactStatus", "Registry" }, run = run }
