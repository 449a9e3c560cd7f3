-- /sip-providers: SIP trunks, read and written.
local json = require "json"
local listing = require "mikopbx.lib.trunk_list"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local trunk = require "mikopbx.lib.trunk"

local sip_providers = listing.route("/sip-providers", {
  family = "sip_providers",
  summary = "SIP providers.",
  params = { id = { pattern = "SIP%-[%w-]+" } },
  actions = {
    getDefault = { access = "read", verb = "GET /sip-providers:getDefault", result = shapes.trunk },
    copy = { access = "read", verb = "GET /sip-providers/{id}:copy", result = shapes.trunk },
    create = { access = "write", verb = "POST /sip-providers", result = shapes.trunk, statuses = { ["201"] = "Created." },
      body = trunk.body({ "description", "registration_type" }) },
    update = { access = "write", verb = "PUT /sip-providers/{id}", result = shapes.trunk, body = trunk.body() },
    patch = { access = "write", verb = "PATCH /sip-providers/{id}", result = shapes.trunk, body = trunk.body() },
    updateStatus = { access = "write", verb = "POST /sip-providers/{id}:updateStatus", result = shapes.trunk_switched,
      body = listing.SWITCH },
    delete = { access = "write", verb = "DELETE /sip-providers/{id}", result = shapes.nothing },
    forceCheck = { access = "write", verb = "POST /sip-providers/{id}:forceCheck", result = shapes.trunk_detail },
  },
})

local find = listing.find

function sip_providers.getDefault(req) return trunk.detail(req.ctx, trunk.default()) end

function sip_providers.forceCheck(req) return listing.force_check(req) end

function sip_providers.copy(req)
  local it, err = find(req, 422, "Provider not found")
  if not it then return nil, err end
  local copy = trunk.detail(req.ctx, it)
  copy.id, copy.secret = "", ""
  copy.description, copy.username = "copy of " .. it.description, it.username .. "_copy"
  return copy
end

local function saved(req, it, status)
  return reply.of(trunk.detail(req.ctx, it),
    { status = status, reload = "providers/modifysip/" .. it.id })
end

function sip_providers.create(req)
  local values, err = trunk.clean(req.params, true)
  if not values then return nil, err end
  local id = req.params.id
  if type(id) ~= "string" or id == "" then id = nil end
  local it
  it, err = trunk.create(req.ctx, values, id)
  if not it then return nil, err end
  return saved(req, it, 201)
end

local function change(req, whole)
  local it, err = find(req, 404, "Provider not found")
  if not it then return nil, err end
  local values
  values, err = trunk.clean(req.params, false)
  if not values then return nil, err end
  if whole then
    -- A full record must name what is required; the password alone may be left out.
    for _, name in ipairs({ "description", "registration_type" }) do
      if values[name] == nil then values[name] = "" end
    end
  end
  it, err = trunk.update(req.ctx, it, values)
  if not it then return nil, err end
  return saved(req, it, 200)
end

function sip_providers.update(req) return change(req, true) end

function sip_providers.patch(req) return change(req, false) end

function sip_providers.updateStatus(req) return listing.update_status(req) end

function sip_providers.delete(req)
  local it, err = find(req, 422, "api_ProviderNotFound")
  if not it then return nil, err end
  local done
  done, err = trunk.delete(req.ctx, it)
  if not done then return nil, err end
  return reply.of(json.array({}), { messages = { info = { "api_ProviderDeleted" } } })
end

return sip_providers
