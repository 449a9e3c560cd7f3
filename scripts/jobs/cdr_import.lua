-- Imports finished calls within a second, and at start those that ended while the host was down. Each host reads the file of
-- the Asterisk beside it.
local call_import = require "model.call_import"
local task = require "task"

local function run()
  task.scope("*") -- calls of all tenants
  repeat
    local count, err = call_import.run()
    if not count then
      -- Another host reads the same file, and was first.
      if err.reason == "another_host" then return true end
      -- A host without a PBX of its own has no such file, and need not hear of it.
      if err.code == "not_found" or err.message:find("no file configured", 1, true) then return true end
      return nil, err
    end
  until count < call_import.BATCH
  return true
end

return job { name = "cdr_import", every = 1, on = { "Cdr", "Hangup" }, hosts = "every", run = run }
