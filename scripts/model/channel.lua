-- Channels: the calls of the moment, as Asterisk has them. Finding, ending and moving them.
local ami = require "ami"
local calls = require "calls"
local dialled = require "model.dialled"
local failure = require("lib.failure").of
local guard = require "engine.guard"
local node = require "model.node"
local peers = require "model.peer"

local channel = {}

-- The tenant is part of every peer's name, and a scope of everything must not widen ctx.
local function mine(ctx, it)
  return not ctx.tenant or it.tenant == ctx.tenant.code
end

---- finding

local function direction(it)
  -- The leg that Asterisk dialled runs no dialplan of its own.
  local called = it.application == "AppDial" or it.application == "AppQueue" or it.data == "(Outgoing Line)"
  return called and "IN" or "OUT"
end

local function shown(it)
  return {
    channel = it.name, uniqueid = it.uniqueid, linkedid = it.linkedid,
    direction = direction(it), caller_number = it.caller_number,
    caller_name = it.caller_name, connected_number = it.connected_number,
    connected_name = it.connected_name, context = it.context, exten = it.exten,
    state = it.state_text, duration = it.duration, created = it.created,
    answered = it.answered, peer = it.peer, node = it.node, bridge = it.bridge,
    tenant = it.tenant, application = it.application, account = it.account,
  }
end

local function belongs(ctx, it, number)
  if not mine(ctx, it) then return false end
  if not number then return true end
  if ctx.tenant then return it.peer == peers.name(number, ctx.tenant.code) end
  return it.peer == number or it.peer:sub(1, #number + 1) == number .. "-"
end

local function channels_of(ctx, number)
  local filter
  if number and ctx.tenant then filter = { peer = peers.name(number, ctx.tenant.code) } end
  local list = {}
  for _, it in ipairs(calls.channels(filter)) do
    if belongs(ctx, it, number) then list[#list + 1] = it end
  end
  return list
end

--- Channels of a phone, or of all phones; legs inside Asterisk (Local) are left out.
function channel.current(ctx, options)
  local number = options and options.number
  local list = {}
  for _, it in ipairs(channels_of(ctx, number and peers.number_of(ctx, number))) do
    if number or not it.name:find("^Local/") then list[#list + 1] = shown(it) end
  end
  return list
end

local function gone() return failure("not_found", "channel_not_found", "No such channel") end

-- What a node that is away has is unknown, not ended.
local function no_channel()
  local away = node.away()
  if away then return nil, away end
  return gone()
end

--- A channel by its exact name, when this caller may touch it.
function channel.owned(ctx, name)
  if type(name) ~= "string" or name == "" or name:find("[%c/]%s*$") then return no_channel() end
  local it = calls.channels({ name = name })[1]
  if not it or not mine(ctx, it) then return no_channel() end
  return it
end

-- Lines of `core show channel` after which come those of the channel's variables.
local VARIABLES = { Variables = true, ["CDR Variables"] = true }

--- All that Asterisk itself says of a channel, as {label, value} pairs in its order, variables last.
function channel.details(ctx, name)
  local it, err = channel.owned(ctx, name)
  if not it then return nil, err end
  local reply
  reply, err = ami.action("Command", { Command = "core show channel " .. it.name }, { node = it.node })
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
  if not list[1] then return gone() end
  return list
end

---- ending and moving

local function hang_up_all(list)
  local message, err
  for _, it in ipairs(list) do
    local done, failed = calls.hangup(it.name)
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
function channel.hangup(ctx, which)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  if which.channel then
    local it
    it, err = channel.owned(ctx, which.channel)
    if not it then return nil, err end
    return hang_up_all({ it })
  end
  local number = which.number or which.extension
  if not number then return failure("invalid", "missing_parameter", "No channel specified") end
  return hang_up_all(channels_of(ctx, peers.number_of(ctx, number)))
end

-- The channel that is to go, and the number it goes to.
local function movable(ctx, name, dest)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local it
  it, err = channel.owned(ctx, name)
  if not it then return nil, err end
  dest, err = dialled.number(ctx, "dest", dest)
  if not dest then return nil, err end
  return it, dest
end

--- Sends a channel to another number, with `extra` its other leg too.
function channel.transfer(ctx, name, dest, extra)
  local it, exten = movable(ctx, name, dest)
  if not it then return nil, exten end
  local headers = { Channel = it.name, Context = "authenticated", Exten = exten, Priority = 1 }
  if extra and extra ~= "" then
    local other, err = channel.owned(ctx, extra)
    if not other then return nil, err end
    headers.ExtraChannel, headers.ExtraContext = other.name, "authenticated"
    headers.ExtraExten, headers.ExtraPriority = exten, 1
  end
  local reply, err = ami.action("Redirect", headers, { node = it.node })
  if not reply then return nil, err end
  return reply.fields.Message
end

--- Attended transfer: the phone of the channel talks to dest first.
function channel.attended(ctx, name, dest)
  local it, exten = movable(ctx, name, dest)
  if not it then return nil, exten end
  -- Asterisk types this into the call as the phone would: # says that the number is complete. The
  -- context is the channel's own, the dialplan's place for typed numbers.
  local reply, err = ami.action("Atxfer", { Channel = it.name, Exten = exten .. "#" }, { node = it.node })
  if not reply then return nil, err end
  return reply.fields.Message
end

return channel
