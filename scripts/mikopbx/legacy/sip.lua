-- sip/...: states of phones and trunks in the older API.
local calls = require "calls"
local contacts = require "model.contact"
local node = require "model.node"
local peers = require "model.peer"
local registration = require "model.registration"
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

-- Names as AMI's ContactStatusDetail has them. The first contact has the bare names, the n-th other one
-- the names with a dash and n.
local function detail(number, it, suffix, into)
  for name, value in pairs({
    Event = "ContactStatusDetail", AOR = number, URI = it.uri, UserAgent = it.user_agent or "",
    RegExpire = it.expires and ("%d"):format(it.expires) or "", ViaAddress = it.address or "", CallID = "",
    Status = it.status or "", RoundtripUsec = it.rtt_us and ("%d"):format(it.rtt_us) or "N/A",
    EndpointName = number, ID = number .. ";@" .. (it.address or ""), AuthenticateQualify = "0",
    OutboundProxy = "", Path = "", QualifyFrequency = "60", QualifyTimeout = "3.000",
  }) do into[name .. suffix] = value end
end

-- Events may be behind; Asterisk keeps the row in any case.
local function stored(ctx, number)
  local list, err = registration.list(ctx, number)
  if not list and err.code ~= "not_found" then return nil, err end
  for _, it in ipairs(list or {}) do
    if it.registered and it.contact ~= "" then
      local found = { state = "OK" }
      it.uri = it.contact
      detail(number, it, "", found)
      return found
    end
  end
  return { state = "UNKNOWN" }
end

-- Those that answer come before a laptop that is closed.
local function devices(list)
  local order = {}
  for _, there in ipairs({ true, false }) do
    for _, it in ipairs(list) do
      if contacts.there(it.status) == there then order[#order + 1] = it end
    end
  end
  return order
end

function sip.getSipPeer(req)
  local number = tostring(req.params.peer or "")
  if number == "" then
    return nil, { code = "invalid", message = "Empty peer value in POST/GET data" }
  end
  -- What was last seen is no state of a phone that nobody can ask.
  if node.away(true) then return { state = "UNKNOWN" } end
  local found = { state = "UNKNOWN" }
  for i, it in ipairs(devices(calls.contacts(peers.name(number, req.tenant.code)))) do
    found.state = "OK"
    detail(number, it, i == 1 and "" or "-" .. i - 1, found)
  end
  if found.state == "OK" then return found end
  return stored(req.ctx, number)
end

function sip.getRegistry(req) return states.registry(req.ctx) end

function sip.getSecret(req)
  return states.secret(req.ctx, tostring(req.params.number or ""))
end

return sip
