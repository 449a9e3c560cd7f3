-- QUEUE-ONAUTOPAUSE: what is done when app_queue pauses a member that did not answer.
local ami = require "ami"
local calls = require "calls"
local store = require "store"

local autopause = {}

local function claim(queue, member)
  return store.write("UPDATE queue_member SET autopaused = ? WHERE queue_name = ? AND interface = ? AND autopaused < ?",
    { member.last_pause, queue.name, member.interface, member.last_pause })
end

local function follow(queue, member, code)
  local ours, err = claim(queue, member)
  if not ours then return nil, err end
  if ours.changes == 0 then return true end -- another host has it, or it is done
  local done
  done, err = ami.action("Originate", {
    Channel = ("Local/QUEUE-ONAUTOPAUSE-%s@unattended/n"):format(queue.name), Application = "Wait", Data = "86400",
    Timeout = 3600000, Async = "true",
    Variable = { __TENANT = code, GONE_NUMBER = (member.state_interface:match("^Custom:([%d*#+]+)%-")) or "" },
  }, { node = queue.node })
  if done then return true end
  if err.code ~= "unavailable" then return nil, err end
  return store.write("UPDATE queue_member SET autopaused = 0 WHERE queue_name = ? AND interface = ?",
    { queue.name, member.interface })
end

-- The tenant of a queue that has something to follow.
local function tenant_of(queue)
  return store.value("SELECT te_code FROM de_destinations JOIN te_tenants ON te_id = de_te_id WHERE "
    .. "de_type_src = 'QUEUE-ONAUTOPAUSE' AND de_type_id_src = ? LIMIT 1", { tonumber(queue.name) or 0 })
end

--- Follows the destinations of queues for members that have been paused by app_queue since. Returns true, or
--- nil and the last error.
function autopause.run()
  local last
  for _, queue in ipairs(calls.queues()) do
    for _, member in ipairs(queue.members) do
      if member.paused and member.paused_reason == "Auto-Pause" then
        local code, err = tenant_of(queue)
        local done = not err
        if code then done, err = follow(queue, member, code) end
        if not done then last = err end
      end
    end
  end
  if last then return nil, last end
  return true
end

return autopause
