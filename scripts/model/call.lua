-- Calls of the moment: placing, finding and ending them, and who is registered.
local ami = require "ami"
local calls = require "calls"
local change_log = require "engine.log"
local crypto = require "crypto"
local extension = require "model.extension"
local guard = require "engine.guard"
local peers = require "model.peer"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"

local call = {}

local function failure(code, reason, message, field)
  return nil, { code = code, reason = reason, message = message, field = field }
end

-- The tenant is part of every peer's name, and a scope of everything must not widen ctx.
local function mine(ctx, channel)
  return not ctx.tenant or channel.tenant == ctx.tenant.code
end

---- placing

local function clean(name, value, pattern, max)
  if value == nil or value == "" then return nil end
  value = tostring(value)
  if #value > max or not value:find(pattern) then
    return failure("invalid", "invalid_parameter", name .. ": not valid: " .. value:sub(1, 40), name)
  end
  return value
end

-- Plain data: a separator would end the dial string or start another one.
local CALLER_ID = "^[^%c\"<>,&|()]*$"
local DESTINATION = "^[%w*#+_.-]+$"
-- What a context does at its end, on a time-out and the like is no number.
local SPECIAL = "^[aehiostT]$"
-- One line of AMI, without "Variable: ".
local MAX_VARIABLE = 1000

local function variables(ctx, options, id)
  local values = {
    TENANT = ctx.tenant.code, ORIGINATEID = id, SETTIMEOUT = options.timeout,
    SETSOURCECLID = options.sourceclid, SETDESTCLID = options.destclid,
    SETLOGQUEUEOUTBOUND = options.logqueueoutbound, SETRECORDING = options.recording,
    AUTOANSWER = options.autoanswer, SETNOFOLLOWEXTENSION = options.nofollow,
    SETPEERNAME = options.account,
  }
  local names = {}
  for name, value in pairs(options.vars or {}) do
    if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
      return failure("invalid", "invalid_parameter", "vars: not a variable name: "
        .. tostring(name):sub(1, 40), "vars")
    end
    -- The prefix keeps a caller from setting what the dialplan itself trusts.
    values[ctx.tenant.code .. "_" .. name] = tostring(value)
    names[#names + 1] = name
  end
  table.sort(names)
  if #names > 0 then values.VARLIST = table.concat(names, ",") end
  local out = {}
  for name, value in pairs(values) do
    value = tostring(value)
    if value:find("%c") then
      return failure("invalid", "invalid_parameter", name .. ": holds a line break", "vars")
    end
    if #name + #value >= MAX_VARIABLE then
      return failure("invalid", "invalid_parameter", ("%s: name and value are longer than %d bytes"):format(
        name:sub(1, 40), MAX_VARIABLE), "vars")
    end
    if value ~= "" then out[name] = value end
  end
  return out
end

local function check_dial(options)
  if options.source == nil or options.source == "" then
    return failure("invalid", "missing_source", "Missing source.", "source")
  end
  if options.dest == nil or options.dest == "" then
    return failure("invalid", "missing_dest", "Missing dest.", "dest")
  end
  local checked = {}
  for name, rule in pairs({
    source = DESTINATION, dest = DESTINATION, sourceclid = CALLER_ID, destclid = CALLER_ID,
    recording = "^%a+$", autoanswer = "^%a+$", nofollow = "^%a+$", account = DESTINATION,
    server = "^[%w_.-]+$", logqueueoutbound = "^[%w_-]+$", timeout = "^%d+$", dialtimeout = "^%d+$",
  }) do
    local value, err = clean(name, options[name], rule, 80)
    if err then return nil, err end
    checked[name] = value
  end
  for _, name in ipairs({ "source", "dest" }) do
    if checked[name]:find(SPECIAL) then
      return failure("invalid", "invalid_parameter", name .. ": not a number: " .. checked[name], name)
    end
  end
  for name, most in pairs({ timeout = 86400, dialtimeout = 600 }) do
    if checked[name] and tonumber(checked[name]) > most then
      return failure("invalid", "invalid_parameter", ("%s: at most %d"):format(name, most), name)
    end
  end
  checked.vars = options.vars
  return checked
end

-- NUMBER or NUMBER-TENANT, as callers write it.
local function number_of(ctx, text)
  if not ctx.tenant then return text end
  return peers.number(text, ctx.tenant.code)
end
call.number_of = number_of

-- NUMBER-TENANT of another tenant is the name of its phone. It is no number of this one, and the
-- dialplan would take it for one outside.
local function not_foreign(ctx, name, text)
  local code = text and text:match("%-([^-]+)$")
  if not code or code == ctx.tenant.code then return true end
  local there, err = store.value("SELECT 1 FROM te_tenants WHERE te_code = ?", { code })
  if err then return nil, err end
  if not there then return true end
  return failure("invalid", "invalid_parameter", name .. ": not valid: " .. text:sub(1, 40), name)
end

local function unknown(name, value)
  return failure("conflict", "invalid_parameter", ("%s: the tenant has no %s"):format(name, value), name)
end

-- Whom a call names beside its ends is the tenant's own: the phone that pays, the queue that logs it.
local function check_names(ctx, options)
  if options.account then
    local row, err = extension.by_number(ctx, number_of(ctx, options.account))
    if err and err.code ~= "not_found" then return nil, err end
    if not row then return unknown("account", options.account) end
    options.account = extension.peer(row)
  end
  local queue = options.logqueueoutbound
  if queue and queue ~= "yes" and queue ~= "no" then
    local found, err = store.value("SELECT qu_id FROM qu_queues WHERE qu_te_id = ? "
      .. "AND (qu_number = ? OR CAST(qu_id AS CHAR) = ?)", { ctx.tenant.id, queue, queue })
    if err then return nil, err end
    if not found then return unknown("logqueueoutbound", queue) end
  end
  return true
end

local function remember(ctx, id, options)
  return store.transaction(function(tx)
    local text, params = sql.insert("og_originates", {
      og_id = id, og_te_id = ctx.tenant.id, og_source = options.source, og_dest = options.dest,
      og_started = change_log.now(), og_state = "QUEUED",
    })
    local done, err = tx:exec(text, params)
    if not done then return nil, err end
    return change_log.write(tx, ctx, {
      object = "call", id = id, action = "dial", tenant_id = ctx.tenant.id,
      description = options.source .. " to " .. options.dest,
    })
  end)
end

local function finish(id, queued, err)
  return store.write("UPDATE og_originates SET og_uniqueid = ?, og_node = ?, og_state = ?, "
    .. "og_response = ? WHERE og_id = ?", {
      queued and queued.id or "", queued and queued.node or "",
      queued and "QUEUED" or "FAILED", queued and queued.message or err.message, id,
    })
end

--- Rings a source and connects it to a destination. Returns once Asterisk has queued the call. With
--- ctx.dry_run everything is checked and nothing is rung.
function call.dial(ctx, given)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  if not ctx.tenant then return failure("invalid", "tenant_required", "A tenant is required.") end
  local options
  options, err = check_dial(given)
  if not options then return nil, err end
  for _, name in ipairs({ "source", "dest" }) do
    ok, err = not_foreign(ctx, name, options[name])
    if not ok then return nil, err end
  end
  options.source, options.dest = number_of(ctx, options.source), number_of(ctx, options.dest)
  ok, err = check_names(ctx, options)
  if not ok then return nil, err end
  local id = crypto.random(7)
  local values
  values, err = variables(ctx, options, id)
  if not values then return nil, err end
  if ctx.dry_run then return { source = options.source, dest = options.dest } end
  ok, err = remember(ctx, id, options)
  if not ok then return nil, err end
  -- /n: an optimised Local channel ends at the bridge, and its call record with it.
  local queued, refused = calls.originate {
    channel = "Local/" .. options.source .. "@originate/n", context = "authenticated",
    exten = options.dest, priority = 1, caller = options.dest,
    timeout = tonumber(options.dialtimeout) or 30, account = ctx.tenant.code, variables = values,
    node = options.server,
  }
  ok, err = finish(id, queued, refused)
  if not queued then return nil, refused end
  if not ok then return nil, err end
  return {
    message = queued.message, id = id, source = options.source, dest = options.dest,
    node = queued.node, server = queued.node, uniqueid = queued.id,
  }
end

--- The channel's uniqueid of an originate id.
function call.by_originate(ctx, id)
  local text, params = "SELECT og_uniqueid FROM og_originates WHERE og_id = ?", { id }
  if ctx.tenant then
    text = text .. " AND og_te_id = ?"
    params[2] = ctx.tenant.id
  end
  return store.value(text, params)
end

---- finding

local function direction(channel)
  -- The leg that Asterisk dialled runs no dialplan of its own.
  local dialled = channel.application == "AppDial" or channel.application == "AppQueue"
    or channel.data == "(Outgoing Line)"
  return dialled and "IN" or "OUT"
end

local function shown(channel)
  return {
    channel = channel.name, uniqueid = channel.uniqueid, linkedid = channel.linkedid,
    direction = direction(channel), caller_number = channel.caller_number,
    caller_name = channel.caller_name, connected_number = channel.connected_number,
    connected_name = channel.connected_name, context = channel.context, exten = channel.exten,
    state = channel.state_text, duration = channel.duration, created = channel.created,
    answered = channel.answered, peer = channel.peer, node = channel.node, bridge = channel.bridge,
    tenant = channel.tenant, application = channel.application, account = channel.account,
  }
end

local function belongs(ctx, channel, number)
  if not mine(ctx, channel) then return false end
  if not number then return true end
  if ctx.tenant then return channel.peer == peers.name(number, ctx.tenant.code) end
  return channel.peer == number or channel.peer:sub(1, #number + 1) == number .. "-"
end

local function channels_of(ctx, number)
  local filter
  if number and ctx.tenant then filter = { peer = peers.name(number, ctx.tenant.code) } end
  local list = {}
  for _, channel in ipairs(calls.channels(filter)) do
    if belongs(ctx, channel, number) then list[#list + 1] = channel end
  end
  return list
end

--- Channels of a phone, or of all phones; legs inside Asterisk (Local) are left out.
function call.current(ctx, options)
  local number = options and options.number
  local list = {}
  for _, channel in ipairs(channels_of(ctx, number and number_of(ctx, number))) do
    if number or not channel.name:find("^Local/") then list[#list + 1] = shown(channel) end
  end
  return list
end

--- The error of a node that is away; nil when all are there, with `every` also when some are.
function call.away(every)
  local away
  for _, node in ipairs(ami.nodes()) do
    if node.state ~= "up" then
      away = away or node
    elseif every then
      return nil
    end
  end
  return away and { code = "unavailable", reason = "node_down",
    message = ("asterisk node %s is down%s"):format(away.node, away.error and ": " .. away.error or "") }
end

--- Has Asterisk ask an endpoint's contacts whether they are there; true also when it has none to ask.
function call.qualify(endpoint)
  local away = call.away(true)
  if away then return nil, away end
  local done, err = ami.action("PJSIPQualify", { Endpoint = endpoint })
  if not done and err.code ~= "refused" then return nil, err end
  return true
end

-- What a node that is away has is unknown, not ended.
local function no_channel()
  local away = call.away()
  if away then return nil, away end
  return failure("not_found", "channel_not_found", "No such channel")
end

--- A channel by its exact name, when this caller may touch it.
function call.owned(ctx, name)
  if type(name) ~= "string" or name == "" or name:find("[%c/]%s*$") then return no_channel() end
  local channel = calls.channels({ name = name })[1]
  if not channel or not mine(ctx, channel) then return no_channel() end
  return channel
end

-- Lines of `core show channel` after which come those of the channel's variables.
local VARIABLES = { Variables = true, ["CDR Variables"] = true }

--- All that Asterisk itself says of a channel, as {label, value} pairs in its order, variables last.
function call.details(ctx, name)
  local channel, err = call.owned(ctx, name)
  if not channel then return nil, err end
  local reply
  reply, err = ami.action("Command", { Command = "core show channel " .. channel.name }, { node = channel.node })
  if not reply then return nil, err end
  local list, below = {}, false
  for line in (reply.output or ""):gmatch("[^\r\n]+") do
    local label, value = line:match("^%s*([^:=]-):%s?(.*)$")
    if label and VARIABLES[label] then below = true
    elseif below then
      label, value = line:gsub("^level %d+: ", ""):match("^([^=]+)=(.*)$")
      if label then list[#list + 1] = { label, value } end
    elseif label and not line:find("^%s*%-%-") then
      -- Asterisk's own spelling of one of them.
      list[#list + 1] = { label == "Call Identifer" and "Call Identifier" or label, value }
    end
  end
  if not list[1] then return failure("not_found", "channel_not_found", "No such channel") end
  return list
end

local STATE_LABELS = {
  "UniqueID", "LinkedID", "Connected Line ID", "Connected Line ID Name", "Context", "Extension",
  "Direction", "OtherParty",
}

call.STATE_LABELS = STATE_LABELS

local function state_values(ctx, number)
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  local own = { tenant = { id = row.ex_te_id, code = row.tenant_code, name = row.tenant_name } }
  local channel = channels_of(own, row.ex_number)[1]
  if channel then
    local other = channel.connected_number
    if other == "" then other = channel.exten end
    return { channel.uniqueid, channel.linkedid, channel.connected_number, channel.connected_name,
      channel.context, channel.exten, direction(channel), other }
  end
  local registered
  registered, err = call.registrations(own, row.ex_number)
  if not registered then return nil, err end
  if registered[1] and registered[1].registered or row.ex_tech == "CUSTOM" or row.ex_tech == "VIRTUAL" then
    return { "OK", "No call", "", "", "", "", "", "" }
  end
  return { "KO", "Extension not registered", "", "", "", "", "", "" }
end

--- What an extension does now, as {label, value} pairs in the order the APIs show them.
function call.extension_state(ctx, number)
  local values, err = state_values(ctx, number_of(ctx, number))
  if not values then return nil, err end
  local list = {}
  for i, label in ipairs(STATE_LABELS) do list[i] = { label, values[i] or "" } end
  return list
end

---- registrations

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
function call.registrations(ctx, number)
  local rows, err = extension.rows(ctx, {
    where = number and { ex_number = number_of(ctx, number) } or nil, full = true,
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

---- ending and moving

local function hang_up_all(list)
  local message, err
  for _, channel in ipairs(list) do
    local done, failed = calls.hangup(channel.name)
    -- A channel may have ended since it was listed.
    if not done and failed.code ~= "not_found" then err = err or failed end
    message = message or done
  end
  if not message then
    if err then return nil, err end
    return no_channel()
  end
  return message
end

--- Ends a channel, or all channels of a phone: {channel=} or {extension="103-DEMO"} or {number="103"}.
function call.hangup(ctx, which)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  if which.channel then
    local channel
    channel, err = call.owned(ctx, which.channel)
    if not channel then return nil, err end
    return hang_up_all({ channel })
  end
  local number = which.number or which.extension
  if not number then return failure("invalid", "missing_parameter", "No channel specified") end
  return hang_up_all(channels_of(ctx, number_of(ctx, number)))
end

local function target(ctx, dest)
  local checked, err = clean("dest", dest, DESTINATION, 80)
  if not checked then
    return nil, err or { code = "invalid", reason = "missing_dest", message = "Missing dest." }
  end
  if not ctx.tenant then return checked end
  local ok
  ok, err = not_foreign(ctx, "dest", checked)
  if not ok then return nil, err end
  return number_of(ctx, checked)
end

--- Sends a channel to another number, with `extra` its other leg too.
function call.transfer(ctx, name, dest, extra)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local channel
  channel, err = call.owned(ctx, name)
  if not channel then return nil, err end
  dest, err = target(ctx, dest)
  if not dest then return nil, err end
  local headers = { Channel = channel.name, Context = "authenticated", Exten = dest, Priority = 1 }
  if extra and extra ~= "" then
    local other
    other, err = call.owned(ctx, extra)
    if not other then return nil, err end
    headers.ExtraChannel, headers.ExtraContext = other.name, "authenticated"
    headers.ExtraExten, headers.ExtraPriority = dest, 1
  end
  local reply
  reply, err = ami.action("Redirect", headers, { node = channel.node })
  if not reply then return nil, err end
  return reply.fields.Message
end

--- Attended transfer: the phone of the channel talks to dest first.
function call.attended(ctx, name, dest)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local channel
  channel, err = call.owned(ctx, name)
  if not channel then return nil, err end
  dest, err = target(ctx, dest)
  if not dest then return nil, err end
  local reply
  -- Asterisk types this into the call as the phone would: # says that the number is complete. The
  -- context is the channel's own, the dialplan's place for typed numbers.
  reply, err = ami.action("Atxfer", { Channel = channel.name, Exten = dest .. "#" },
    { node = channel.node })
  if not reply then return nil, err end
  return reply.fields.Message
end

call.STATE_LABELS = STATE_LABELS
return call
