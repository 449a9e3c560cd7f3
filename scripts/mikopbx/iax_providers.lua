-- /iax-providers: there are none. Asterisk's IAX2 reads its registrations from a file alone, so that a trunk could not be
-- made, changed and deleted without its operator; SIP trunks are all that /providers holds.
local json = require "json"
local shapes = require "mikopbx.lib.shapes"

local NONE = "IAX providers cannot be made here: use /sip-providers"

local providers = route {
  family = "iax_providers",
  summary = "IAX providers: there are none.",
  params = { id = { pattern = "IAX%-[%w-]+" } },
  actions = {
    list = { access = "read", verb = "GET /iax-providers", result = shapes.nothing },
    getStatuses = { access = "read", verb = "GET /iax-providers:getStatuses",
      result = shapes.record({ sip = shapes.nothing, iax = shapes.nothing }) },
    get = { access = "read", refuses = true, verb = { "GET /iax-providers/{id}", "GET /iax-providers/{id}:getStatus",
      "GET /iax-providers/{id}:getHistory", "GET /iax-providers/{id}:getStats", "GET /iax-providers/{id}:copy" } },
    change = { access = "write", refuses = true, verb = { "PUT /iax-providers/{id}", "PATCH /iax-providers/{id}",
      "DELETE /iax-providers/{id}", "POST /iax-providers/{id}:forceCheck", "POST /iax-providers/{id}:updateStatus" } },
    getDefault = { access = "read", refuses = true, verb = "GET /iax-providers:getDefault" },
    create = { access = "write", refuses = true, verb = "POST /iax-providers" },
  },
}

function providers.list() return json.array({}) end

function providers.getStatuses() return json.ordered("sip", json.array({}), "iax", json.array({})) end

function providers.get() return nil, { code = "not_found", status = 422, message = "Provider not found" } end

function providers.change() return nil, { code = "not_found", status = 404, message = "Provider not found" } end

function providers.create() return nil, { code = "invalid", message = NONE, fields = { type = NONE } } end

providers.getDefault = providers.create

return providers
