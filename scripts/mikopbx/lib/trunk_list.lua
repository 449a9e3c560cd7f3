-- What /sip-providers and /providers answer alike.
local json = require "json"
local merged = require("lib.value").merged
local mikopbx = require "mikopbx.lib.envelope"
local node = require "model.node"
local registration = require "model.registration"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local trunk = require "mikopbx.lib.trunk"
local trunk_history = require "mikopbx.lib.trunk_history"
local trunk_status = require "mikopbx.lib.trunk_status"

local trunk_list = {}

local PARAMS = { includeDisabled = { type = "boolean", default = false, summary = "those that are switched off as well" } }
local HISTORY = { limit = { type = "integer", default = 100, summary = "1 to 1000" } }
local STATISTICS = { days = { type = "integer", default = 7, summary = "1 to 30" } }
trunk_list.SWITCH = { disabled = { type = "boolean", default = false } }

local function yes(value) return value == true or value == "true" or value == "1" or value == 1 end

local function list_of(req)
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

local function away()
  if not node.away(true) then return nil end
  return { code = "refused", message = "Failed to fetch provider statuses" }
end

local function statuses(req)
  local list, err = nil, away()
  if not err then list, err = trunk.list(req.ctx) end
  if not list then return nil, err end
  local found = {}
  for _, it in ipairs(list) do
    found[it.id], err = trunk_history.status(it)
    if err then return nil, err end
  end
  return json.ordered("sip", next(found) and json.object(found) or json.array({}),
    "iax", json.array({}))
end

-- The provider of the path, when there is an Asterisk to ask about it.
local function reachable(req)
  local it, err = trunk_list.find(req, 422, "Provider not found")
  if not it then return nil, err end
  err = away()
  if err then return nil, err end
  return it
end

local function status(req)
  local it, err = reachable(req)
  if not it then return nil, err end
  return trunk_history.detail(it)
end

--- The same after Asterisk was told to ask; the answer comes as an event of its own.
function trunk_list.force_check(req)
  local it, err = reachable(req)
  if not it then return nil, err end
  local done
  done, err = registration.qualify(it.peer)
  if not done then return nil, err end
  local detail
  detail, err = trunk_history.detail(it)
  if not detail then return nil, err end
  return reply.of(detail, { messages = { info = { "Provider check requested" } } })
end

local function history(req)
  local it, err = trunk.find(req.ctx, req.params.id)
  if err then return nil, err end
  return trunk_history.changes(it, req.params.id, req.params)
end

local function statistics(req)
  local it, err = trunk_list.find(req, 422, "pr_StatsProviderNotFound")
  if not it then return nil, err end
  return trunk_history.statistics(it, req.params)
end

function trunk_list.update_status(req)
  local it, err = trunk_list.find(req, 404, "api_ProviderNotFound")
  if not it then return nil, err end
  it, err = trunk.update(req.ctx, it, { disabled = yes(req.params.disabled) })
  if not it then return nil, err end
  return { id = it.id, type = "SIP", disabled = it.disabled, description = it.description }
end

-- The provider of the path in full.
local function get(req)
  local it, err = trunk_list.find(req, 422, "Provider not found")
  if not it then return nil, err end
  return trunk.detail(req.ctx, it)
end

local READING = {
  list = list_of, get = get, getStatuses = statuses, getStatus = status, getHistory = history,
  getStats = statistics,
}

--- A route with the actions that read providers below a path, and those that are `declared`.
function trunk_list.route(path, declared)
  local of_one = "GET " .. path .. "/{id}"
  local actions = {
    list = { access = "read", verb = "GET " .. path, result = shapes.list(shapes.trunk_row), params = PARAMS },
    get = { access = "read", verb = of_one, result = shapes.trunk },
    getStatuses = { access = "read", verb = "GET " .. path .. ":getStatuses", result = shapes.trunk_states },
    getStatus = { access = "read", verb = of_one .. ":getStatus", result = shapes.trunk_detail },
    getHistory = { access = "read", verb = of_one .. ":getHistory", params = HISTORY, result = shapes.trunk_history },
    getStats = { access = "read", verb = of_one .. ":getStats", params = STATISTICS, result = shapes.trunk_statistics },
  }
  declared.actions = merged(actions, declared.actions)
  local found = route(declared)
  for name, handle in pairs(READING) do found[name] = handle end
  return found
end

return trunk_list
