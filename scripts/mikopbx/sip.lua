-- /sip: registrations of phones and trunks.
local history = require "mikopbx.lib.sip_history"
local json = require "json"
local peer = require "model.peer"
local registration = require "model.registration"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local states = require "mikopbx.lib.sip"

local SHORT = { simplified = { type = "boolean", default = false, summary = "the status alone" } }

local sip = route {
  family = "sip",
  summary = "States of phones and trunks.",
  params = { ext = { pattern = "[%w_-]+" } },
  actions = {
    list = { access = "read", verb = "GET /sip", result = shapes.map(shapes.phone_status), params = SHORT },
    getStatuses = { access = "read", verb = "GET /sip:getStatuses", result = shapes.map(shapes.phone_status), params = SHORT },
    getPeersStatuses = { access = "read", verb = "GET /sip:getPeersStatuses", result = shapes.list(shapes.peer) },
    getRegistry = { access = "read", verb = "GET /sip:getRegistry", result = shapes.list(shapes.registration) },
    getStatus = { access = "read", verb = "GET /sip/{ext}:getStatus", result = shapes.phone_status, params = SHORT },
    forceCheck = { access = "read", verb = "POST /sip/{ext}:forceCheck", result = shapes.phone_status, params = SHORT },
    getSecret = { access = "read", verb = "GET /sip/{ext}:getSecret", result = shapes.secret },
    getHistory = { access = "read", verb = "GET /sip/{ext}:getHistory", params = shapes.paged(50, 200),
      result = shapes.phone_history },
    getStats = { access = "read", verb = "GET /sip/{ext}:getStats", result = shapes.phone_statistics,
      params = { days = { type = "integer", document = { min = 1, max = 30, default = 7 } } } },
    getAuthFailureStats = { access = "read", verb = "GET /sip/{ext}:getAuthFailureStats", result = shapes.auth_failures },
    processAuthFailures = { access = "write", verb = "POST /sip:processAuthFailures", result = shapes.auth_processed },
    clearAuthFailureStats = { access = "write", verb = "POST /sip/{ext}:clearAuthFailureStats", result = shapes.nothing },
  },
}

local function flag(value)
  return value == true or value == "true" or value == "1" or value == 1
end

function sip.getStatuses(req)
  local found, err = states.statuses(req.ctx, nil, flag(req.params.simplified))
  if not found then return nil, err end
  return next(found) and json.object(found) or json.array({})
end

-- The base document lists statuses here; the original answers "unknown action".
sip.list = sip.getStatuses

function sip.getPeersStatuses(req) return states.peers(req.ctx, true) end

function sip.getRegistry(req) return states.registry(req.ctx) end

local function one(req)
  local number = req.params.ext
  local found, err = states.statuses(req.ctx, number, flag(req.params.simplified))
  if err and err.code ~= "not_found" then return nil, err end
  if found and found[number] then return found[number] end
  return nil, {
    code = "not_found", status = 422, message = "Extension not found or status unavailable",
  }
end

function sip.getStatus(req) return one(req) end

-- Asterisk asks the phone; its answer comes as an event of its own.
function sip.forceCheck(req)
  local found, err = one(req)
  if not found then return nil, err end
  local done
  done, err = registration.qualify(peer.name(req.params.ext, req.tenant.code))
  if not done then return nil, err end
  return reply.of(found, { messages = {
    info = { "Force check completed for extension " .. req.params.ext },
  } })
end

function sip.getSecret(req) return states.secret(req.ctx, req.params.ext) end

function sip.getHistory(req) return history.changes(req.ctx, req.params.ext, req.params) end

function sip.getStats(req) return history.statistics(req.ctx, req.params.ext, req.params) end

function sip.getAuthFailureStats(req) return history.auth_failures(req.ctx, req.params.ext) end

function sip.processAuthFailures(req) return history.process_auth_failures(req.ctx) end

function sip.clearAuthFailureStats(req) return history.clear_auth_failures(req.ctx, req.params.ext) end

return sip
