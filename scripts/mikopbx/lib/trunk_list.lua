-- What /sip-providers and /providers answer alike.
local call = require "model.call"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local trunk = require "mikopbx.lib.trunk"
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
  if call.away(true) then
    return nil, { code = "refused", message = "Failed to fetch provider statuses" }
  end
  local list, err = trunk.list(req.ctx)
  if not list then return nil, err end
  local found = {}
  for _, it in ipairs(list) do found[it.id] = trunk_status.of(it) end
  return json.ordered("sip", next(found) and json.object(found) or json.array({}),
    "iax", json.array({}))
end

function trunk_list.update_status(req)
  local it, err = trunk_list.find(req, 404, "api_ProviderNotFound")
  if not it then return nil, err end
  it, err = trunk.update(req.ctx, it, { disabled = yes(req.params.disabled) })
  if not it then return nil, err end
  return { id = it.id, type = "SIP", disabled = it.disabled, description = it.description }
end

return trunk_list
