-- Who is registered, and what a phone does now.
local ami = require "ami"
local calls = require "calls"
local channel = require "model.channel"
local contacts = require "model.contact"
local extension = require "model.extension"
local node = require "model.node"
local peers = require "model.peer"
local store = require "store"
local time = require "time"

local registration = {}

--- Where a peer registered last, as Asterisk wrote it down: it says nothing of a contact that it does not ask.
function registration.stored(peer)
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
    tech = row.ex_tech, tenant = row.tenant_code, enabled = row.ex_enabled ~= "no",
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

-- Extensions are read in blocks of this many.
local BLOCK = 5000

local function extensions(ctx, number)
  local list = {}
  repeat
    local rows, err = extension.rows(ctx, {
      where = number and { ex_number = peers.number_of(ctx, number) } or nil, full = true, limit = BLOCK, offset = #list,
      columns = { "ex_id", "ex_number", "ex_name", "ex_tech", "ex_te_id", "ex_enabled" },
    })
    if not rows then return nil, err end
    for row in rows:each() do list[#list + 1] = row end
  until #rows < BLOCK
  return list
end

--- Who is registered, one entry per extension. number: that extension alone.
function registration.list(ctx, number)
  local rows, err = extensions(ctx, number)
  if not rows then return nil, err end
  local live = number and #rows == 1 and calls.contacts(extension.peer(rows[1])) or calls.contacts()
  local by_endpoint, list = {}, {}
  for _, it in ipairs(live) do
    local other = by_endpoint[it.endpoint]
    -- Of several phones calls reach those that are there.
    if not other or contacts.there(it.status) and not contacts.there(other.status) then by_endpoint[it.endpoint] = it end
  end
  for _, row in ipairs(rows) do
    local entry
    if row.ex_tech == "SIP" then
      entry, err = sip_registration(row)
      if not entry then return nil, err end
    else
      local contact = by_endpoint[extension.peer(row)]
      -- Events may be behind, or the node away; Asterisk keeps the row in any case.
      if not contact and row.ex_tech == "PJSIP" then contact = registration.stored(extension.peer(row)) end
      -- A contact is known before its agent and address are told.
      if contact and number and (contact.address or "") == "" then
        for name, value in pairs(registration.stored(extension.peer(row)) or {}) do
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

--- What an extension does now: `registered` (true of one that need not), and in a call uniqueid, linkedid,
--- connected_number, connected_name, context, exten, direction and other, the number it talks to.
function registration.state(ctx, number)
  local row, err = extension.by_number(ctx, peers.number_of(ctx, number))
  if not row then return nil, err end
  local own = { tenant = { id = row.ex_te_id, code = row.tenant_code, name = row.tenant_name } }
  local busy = channel.current(own, { number = row.ex_number })[1]
  if busy then
    return {
      registered = true, uniqueid = busy.uniqueid, linkedid = busy.linkedid, connected_number = busy.connected_number,
      connected_name = busy.connected_name, context = busy.context, exten = busy.exten, direction = busy.direction,
      other = busy.connected_number ~= "" and busy.connected_number or busy.exten,
    }
  end
  local registered
  registered, err = registration.list(own, row.ex_number)
  if not registered then return nil, err end
  return { registered = registered[1] and registered[1].registered or row.ex_tech == "CUSTOM" or row.ex_tech == "VIRTUAL" }
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
