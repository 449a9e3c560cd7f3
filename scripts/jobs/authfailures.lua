-- Counts wrong passwords of phones as Asterisk tells of them.
local authfailure = require "model.authfailure"
local task = require "task"

-- A guesser sends many a second; one look is enough for all that come within so many seconds.
local GATHER = 1

local function run(events)
  task.scope("*") -- phones of all tenants
  if #events == 0 then return authfailure.prune() end
  task.sleep(GATHER)
  return authfailure.note(events)
end

return job { name = "authfailures", every = 3600, on = { "ChallengeResponseFailed", "InvalidPassword", "InvalidAccountID" },
  run = run }
