-- Imports finished calls within a second, and at start those that ended while the host was down.
local call_import = require "model.call_import"
local log = require "log"
local task = require "task"

-- An outage is one line, not one per second.
local failing = false

local function run()
  task.scope("*") -- calls of all tenants
  repeat
    local count, err = call_import.run()
    if not count then
      -- A host without a PBX of its own has no such file, and need not hear of it.
      local none = err.code == "not_found" or err.message:find("no file configured", 1, true)
      if not failing and not none then
        log.warn("call records cannot be imported", { error = err.message })
      end
      failing = true
      return
    end
    failing = false
  until count < call_import.BATCH
end

return job { name = "cdr_import", every = 1, on = { "Cdr", "Hangup" }, run = run }
