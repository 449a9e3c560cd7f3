-- Who is registered, and what a phone does now.
local ami = require "ami"
local calls = require "calls"
local channel = require "model.channel"
local extension = require "model.extension"
local node = require "model.node"
local peers = require "model.peer"
local store = require "store"
local time = require "time"

local registration = {}

local function stored_contact(peer)
  local row, err = store.row("SELECT uri, user_agent, reg_server, expiration_time FROM ps_contacts "
    .. "WHERE endpoint = ? AND expiration_time > ? ORDER BY expiration_time DESC",
    { peer, math.floor(time.now()) })
  if not row then return nil, err end
  local host, port = row.uri:match("@%[?([%x:.]+)%]?:(%d+)")
  if not host then host, port = row.uri:match("@([^;>:]+):?(%d*)") end
  return {
    endpoint = peer, uri = row.uri, status = "Unknown", user_agent = row.user_agent or "",
    ip = host or "", port = tonumber(port) or 5060, address = host and host .. ":" .. (port or "5060") or "",
    expires = row.expiration_time, node = row.reg_server or "",
  }
end

local function pjsip_registration(row, contact)
  local base = {
    number = row.ex_number, extension_id = row.ex_id, name = row.ex_name, username = row.username,
    tech = row.ex_tech, tenant = row.tenant_code,
  }
  base.registered = contact ~= nil and contact.status ~= "Removed"
  base.status = contact and contact.status or "Unregistered"
  base.contact = contact and contact.uri or ""
  base.address = contact and contact.address or ""
  base.ip = contact and contact.ip or ""
  base.port = contact and contact.port
  base.user_agent = contact and contact.user_agent or ""
  base.expires = contact and contact.expires
  base.rtt_us = contact and contact.rtt_us
  base.node = contact and contact.node or ""
  return base
end

local function sip_registration(row)
  local peer, err = store.row("SELECT ipaddr, port, useragent, regseconds, regserver, lastms, fullcontact "
    .. "FROM sipfriends WHERE name = ?", { extension.peer(row) })
  if err then return nil, err end
  local expires = peer and tonumber(peer.regseconds) or 0
  if not peer or (peer.ipaddr or "") == "" or expires < time.now() then return pjsip_registration(row) end
  return pjsip_registration(row, {
    uri = peer.fullcontact or "", status = "Reachable", user_agent = peer.useragent or "",
    ip = peer.ipaddr, port = tonumber(peer.port) or 5060, address = peer.ipaddr .. ":" .. (peer.port or ""),
    expires = expires, rtt_us = (tonumber(peer.lastms) or 0) * 1000, node = peer.regserver or "",
  })
end

--- Who is registered, one entry per extension. number: that extension alone.
function registration.list(ctx, number)
  local rows, err = extension.rows(ctx, {
    where = number and { ex_number = peers.number_of(ctx, number) } or nil, full = true,
    columns = { "ex_id", "ex_number", "ex_name", "ex_tech", "ex_te_id" }, limit = 10000,
  })
  if not rows then return nil, err end
  local by_endpoint = {}
  local live = number and #rows == 1 and calls.contacts(extension.peer(rows[1])) or calls.contacts()
  for _, contact in ipairs(live) do by_endpoint[contact.endpoint] = contact end
  local list = {}
  for row in rows:each() do
    local entry
    if row.ex_tech == "SIP" then
      entry, err = sip_registration(row)
      if not entry then return nil, err end
    else
      local contact = by_endpoint[extension.peer(row)]
      -- Events may be behind, or the node away; Asterisk keeps the row in any case.
      if not contact and row.ex_tech == "PJSIP" then contact = stored_contact(extension.peer(row)) end
      -- A contact is known before its agent and address are told.
      if contact and number and (contact.address or "") == "" then
        for name, value in pairs(stored_contact(extension.peer(row)) or {}) do
          if (contact[name] or "") == "" then contact[name] = value end
        end
      end
      entry = pjsip_registration(row, contact)
    end
    list[#list + 1] = entry
  end
  return list
end

---- states

registration.STATE_LABELS = {
  "UniqueID", "LinkedID", "Connected Line ID", "Connected Line ID Name", "Context", "Extension",
  "Direction", "OtherParty",
}

local function state_values(ctx, number)
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  local own = { tenant = { id = row.ex_te_id, code = row.tenant_code, name = row.tenant_name } }
  local busy = channel.current(own, { number = row.ex_number })[1]
  if busy then
    local other = busy.connected_number
    if other == "" then other = busy.exten end
    return { busy.uniqueid, busy.linkedid, busy.connected_number, busy.connected_name, busy.context,
      busy.exten, busy.direction, other }
  end
  local registered
  registered, err = registration.list(own, row.ex_number)
  if not registered then return nil, err end
  if registered[1] and registered[1].registered or row.ex_tech == "CUSTOM" or row.ex_tech == "VIRTUAL" then
    return { "OK", "No call", "", "", "", "", "", "" }
  end
  return { "KO", "Extension not registered", "", "", "", "", "", "" }
end

--- What an extension does now, as {label, value} pairs in the order the APIs show them.
function registration.state(ctx, number)
  local values, err = state_values(ctx, peers.number_of(ctx, number))
  if not values then return nil, err end
  local list = {}
  for i, label in ipairs(registration.STATE_LABELS) do list[i] = { label, values[i] or "" } end
  return list
end

--- Has Asterisk ask an endpoint's contacts whether they are there; true also when it has none to ask.
function registration.qualify(endpoint)
  local away = node.away(true)
  if away then return nil, away end
  local done, err = ami.action("PJSIPQualify", { Endpoint = endpoint })
  if not done and err.code ~= "refused" then return nil, err end
  return true
end

return registration
