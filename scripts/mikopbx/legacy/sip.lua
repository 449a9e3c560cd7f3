-- sip/...: states of phones and trunks in the older API.
local call = require "model.call"
local json = require "json"
local shapes = require "mikopbx.lib.shapes"
local states = require "mikopbx.lib.sip"

local CONTACT = "Event AOR URI UserAgent RegExpire ViaAddress CallID Status RoundtripUsec EndpointName ID "
  .. "AuthenticateQualify OutboundProxy Path QualifyFrequency QualifyTimeout"

local sip = route {
  family = "sip",
  summary = "States of phones and trunks.",
  actions = {
    getPeersStatuses = { access = "read", verb = "GET /sip/getPeersStatuses", result = shapes.list(shapes.peer) },
    getSipPeer = { access = "read", verb = { "POST /sip/getSipPeer", "GET /sip/getSipPeer" },
      params = { peer = { summary = "extension number", example = "100" } }, body = { peer = { summary = "extension number", example = "100" } },
      result = shapes.record({ state = "text" }, shapes.members(CONTACT, "text")) },
    getRegistry = { access = "read", verb = "GET /sip/getRegistry", result = shapes.list(shapes.registration) },
    getSecret = { access = "read", verb = "GET /sip/getSecret", result = shapes.secret,
      params = { number = { summary = "extension number", example = "100" } } },
  },
}

function sip.getPeersStatuses(req) return states.peers(req.ctx, true) end

-- Names as AMI's ContactStatusDetail has them.
local function contact(it)
  return json.ordered("Event", "ContactStatusDetail", "AOR", it.number, "URI", it.contact,
    "UserAgent", it.user_agent or "", "RegExpire", tostring(it.expires or ""),
    "ViaAddress", it.address or "", "CallID", "", "Status", it.status or "",
    "RoundtripUsec", it.rtt_us and tostring(it.rtt_us) or "N/A", "EndpointName", it.number,
    "ID", it.number .. ";@" .. (it.address or ""), "AuthenticateQualify", "0",
    "OutboundProxy", "", "Path", "", "QualifyFrequency", "60", "QualifyTimeout", "3.000",
    "state", "OK")
end

function sip.getSipPeer(req)
  local number = tostring(req.params.peer or "")
  if number == "" then
    return nil, { code = "invalid", message = "Empty peer value in POST/GET data" }
  end
  local list, err = call.registrations(req.ctx, number)
  if not list and err.code ~= "not_found" then return nil, err end
  for _, it in ipairs(list or {}) do
    if it.registered and it.contact ~= "" then return contact(it) end
  end
  return { state = "UNKNOWN" }
end

function sip.getRegistry(req) return states.registry(req.ctx) end

function sip.getSecret(req)
  return states.secret(req.ctx, tostring(req.params.number or ""))
end

return sip
