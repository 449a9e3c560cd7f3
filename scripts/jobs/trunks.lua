-- Tells a node that was away what it has missed of trunks, and takes leave of those that are gone.
local ami = require "ami"
local cache = require "cache"
local node = require "model.node"
local sipname = require "model.sipname"
local store = require "store"
local task = require "task"

local WEEK = 7 * 86400

-- Nodes that came up after they were told last: name in the cache to since when they are up.
local function missed()
  local found = {}
  for _, it in ipairs(ami.nodes()) do
    local key, since = "trunks:" .. it.node, tostring(it.since)
    if it.state == "up" and cache.get(key) ~= since then found[key] = since end
  end
  return found
end

-- Tells those nodes, where there is anything to tell of.
local function tell(late)
  if not next(late) then return true end
  local any, err = store.value("SELECT EXISTS (SELECT 1 FROM ps_registrations) OR EXISTS (SELECT 1 FROM ps_endpoint_id_ips)")
  if err then return nil, err end
  local ok = true
  if any == 1 then ok, err = node.identify_again() end
  if ok and any == 1 then ok, err = node.register_again() end
  if ok then ok, err = sipname.tell_gone() end
  if not ok then return nil, err end
  for key, since in pairs(late) do cache.put(key, since, WEEK) end
  return true
end

local function run()
  task.scope("*") -- trunks belong to the whole host
  local ok, err = tell(missed())
  if ok then ok, err = sipname.prune() end
  return ok, err
end

return job { name = "trunks", every = 60, run = run }
