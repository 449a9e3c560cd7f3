-- What /sip-providers and /providers answer alike.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local node = require "model.node"
local registration = require "model.registration"
local reply = require "lib.reply"
local trunk = require "mikopbx.lib.trunk"
local trunk_history = require "mikopbx.lib.trunk_history"
local trunk_status = require "mikopbx.lib.trunk_status"

local trunk_list = {}

trunk_list.PARAMS = { includeDisabled = { type = "boolean", default = false, summary = "those that are switched off as well" } }
trunk_list.SWITCH = { disabled = { type = "boolean", default = false } }

local function yes(value) return value == true or value == "true" or value == "1" or value == 1 end

function trunk_list.list(req)
  local list, err = trunk.list(req.ctx)
  if not list then return nil, err end
  local out = json.array({})
  for _, it in ipairs(list) do
    if not it.disabled or yes(req.params.includeDisabled) then
      out[#out + 1] = json.ordered("id", it.id,
        "represent", mikopbx.represent("server", "SIP: " .. it.description), "type", "SIP",
        "description", it.description, "note", it.note, "disabled", it.disabled,
        "username", it.username, "host", it.host, "registration_type", it.registration_type,
        "transport", it.transport, "port", it.port, "statusClass", "",
        "state", (trunk_status.state(it)),
        "search_index", (it.id .. " " .. it.description .. " " .. it.host):lower())
    end
  end
  return out
end

--- The provider of the path, or the error of this resource for a missing one.
function trunk_list.find(req, status, text)
  local it, err = trunk.find(req.ctx, req.params.id)
  if it or err then return it, err end
  return nil, { code = "not_found", status = status, message = text }
end

function trunk_list.statuses(req)
  if node.away(true) then
    return nil, { code = "refused", message = "Failed to fetch provider statuses" }
  end
  local list, err = trunk.list(req.ctx)
  if not list then return nil, err end
  local found = {}
  for _, it in ipairs(list) do
    found[it.id], err = trunk_history.status(it)
    if err then return nil, err end
  end
  return json.ordered("sip", next(found) and json.object(found) or json.array({}),
    "iax", json.array({}))
end

local function away()
  if not node.away(true) then return nil end
  return { code = "refused", message = "Failed to fetch provider statuses" }
end

--- One trunk with what happened to it.
function trunk_list.status(req)
  local it, err = trunk_list.find(req, 422, "Provider not found")
  if not it then return nil, err end
  local gone = away()
  if gone then return nil, gone end
  return trunk_history.detail(it)
end

--- The same after Asterisk was told to ask; the answer comes as an event of its own.
function trunk_list.force_check(req)
  local it, err = trunk_list.find(req, 422, "Provider not found")
  if not it then return nil, err end
  local gone = away()
  if gone then return nil, gone end
  local done
  done, err = registration.qualify(it.peer)
  if not done then return nil, err end
  local status
  status, err = trunk_history.detail(it)
  if not status then return nil, err end
  return reply.of(status, { messages = { info = { "Provider check requested" } } })
end

function trunk_list.history(req)
  local it, err = trunk.find(req.ctx, req.params.id)
  if err then return nil, err end
  return trunk_history.changes(it, req.params.id, req.params)
end

function trunk_list.statistics(req)
  local it, err = trunk_list.find(req, 422, "pr_StatsProviderNotFound")
  if not it then return nil, err end
  return trunk_history.statistics(it, req.params)
end

trunk_list.HISTORY = { limit = { type = "integer", default = 100, summary = "1 to 1000" } }
trunk_list.STATISTICS = { days = { type = "integer", default = 7, summary = "1 to 30" } }

function trunk_list.update_status(req)
  local it, err = trunk_list.find(req, 404, "api_ProviderNotFound")
  if not it then return nil, err end
  it, err = trunk.update(req.ctx, it, { disabled = yes(req.params.disabled) })
  if not it then return nil, err end
  return { id = it.id, type = "SIP", disabled = it.disabled, description = it.description }
end

return trunk_list
