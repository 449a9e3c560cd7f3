-- Placing calls: a source is rung and connected to a destination.
local calls = require "calls"
local change_log = require "engine.log"
local crypto = require "crypto"
local dialled = require "model.dialled"
local extension = require "model.extension"
local failure = require "lib.failure"
local guard = require "engine.guard"
local log = require "log"
local moment = require "lib.moment"
local peers = require "model.peer"
local sql = require "engine.sql"
local store = require "store"
local task = require "task"
local time = require "time"

local call = {}

local CALLER_ID = "^[^%c\"<>,&|()]*$"
-- What each option of a call may be; the ends of the call are checked as dialled numbers.
local OPTIONS = {
  sourceclid = CALLER_ID, destclid = CALLER_ID, account = dialled.NUMBER,
  recording = "^%a+$", autoanswer = "^%a+$", nofollow = "^%a+$", server = "^[%w_.-]+$",
  logqueueoutbound = "^[%w_-]+$", outside = "^yes$", timeout = "^%d+$", dialtimeout = "^%d+$",
}
local AT_MOST = { timeout = 86400, dialtimeout = 600 }
-- One line of AMI, without "Variable: ".
local MAX_VARIABLE = 1000

local function variables(ctx, options, id)
  local values = {
    TENANT = ctx.tenant.code, ORIGINATEID = id, SETTIMEOUT = options.timeout,
    SETSOURCECLID = options.sourceclid, SETDESTCLID = options.destclid,
    SETLOGQUEUEOUTBOUND = options.logqueueoutbound, SETRECORDING = options.recording,
    AUTOANSWER = options.autoanswer, SETNOFOLLOWEXTENSION = options.nofollow,
    SETPEERNAME = options.account, SETOUTSIDE = options.outside,
  }
  local names = {}
  for name, value in pairs(options.vars or {}) do
    if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
      return failure.parameter("vars", "not a variable name: " .. tostring(name):sub(1, 40))
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
      return failure.of("invalid", "invalid_parameter", name .. ": holds a line break", "vars")
    end
    if #name + #value >= MAX_VARIABLE then
      return failure.of("invalid", "invalid_parameter", ("%s: name and value are longer than %d bytes"):format(
        name:sub(1, 40), MAX_VARIABLE), "vars")
    end
    if value ~= "" then out[name] = value end
  end
  return out
end

local function check_dial(ctx, options)
  local checked = { vars = options.vars }
  for _, name in ipairs({ "source", "dest" }) do
    local value, err = dialled.number(ctx, name, options[name])
    if not value then return nil, err end
    checked[name] = value
  end
  for name, pattern in pairs(OPTIONS) do
    local value, err = dialled.plain(name, options[name], pattern)
    if err then return nil, err end
    checked[name] = value
  end
  for name, most in pairs(AT_MOST) do
    if checked[name] and tonumber(checked[name]) > most then
      return failure.parameter(name, "at most " .. most)
    end
  end
  return checked
end

local function unknown(name, value)
  return failure.of("conflict", "invalid_parameter", ("%s: the tenant has no %s"):format(name, value), name)
end

-- Whom a call names beside its ends is the tenant's own: the phone that pays, the queue that logs it.
local function check_names(ctx, options)
  if options.account then
    local row, err = extension.by_number(ctx, peers.number_of(ctx, options.account))
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
      og_started = moment.now(), og_state = "SENT", og_uniqueid = call.channel_id(id),
    })
    local done, err = tx:exec(text, params)
    if not done then return nil, err end
    return change_log.write(tx, ctx, {
      object = "call", id = id, action = "dial", tenant_id = ctx.tenant.id,
      description = options.source .. " to " .. options.dest,
    })
  end)
end

-- What Asterisk said. A state that its record has set meanwhile stays.
local function finish(id, queued, err)
  local state = queued and "QUEUED" or err.code == "timeout" and "UNKNOWN" or "FAILED"
  local done, failed = store.write("UPDATE og_originates SET og_node = ?, og_response = ?, og_state = ? "
    .. "WHERE og_id = ? AND og_state = 'SENT'",
    { queued and queued.node or "", queued and queued.message or err.message, state, id })
  -- The call is what it is, and its unique id is known without this.
  if not done then log.warn("what Asterisk said of a call was not kept", { id = id, state = state, error = failed.message }) end
end

--- The unique id that the first channel of an originate is given, so that what became of it can be found
--- although Asterisk's answer was lost.
function call.channel_id(id) return "patchbay-" .. id end

--- Rings a source and connects it to a destination. Returns once Asterisk has queued the call. `outside = "yes"`: the
--- destination is a number outside, whoever has it here. With
--- ctx.dry_run everything is checked and nothing is rung. Error `timeout`: it was sent and not answered, so
--- it may ring; the message says under which id to ask.
function call.dial(ctx, given)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  if not ctx.tenant then return failure.of("invalid", "tenant_required", "A tenant is required.") end
  local options
  options, err = check_dial(ctx, given)
  if not options then return nil, err end
  ok, err = check_names(ctx, options)
  if not ok then return nil, err end
  local id = crypto.random(7)
  local values
  values, err = variables(ctx, options, id)
  if not values then return nil, err end
  if ctx.dry_run then return { source = options.source, dest = options.dest } end
  ok, err = remember(ctx, id, options)
  if not ok then return nil, err end
  ctx.sent = true
  -- /n: an optimised Local channel ends at the bridge, and its call record with it.
  local queued, refused = calls.originate {
    id = call.channel_id(id), channel = "Local/" .. options.source .. "@originate/n", context = "authenticated",
    exten = options.dest, priority = 1, caller = options.dest,
    timeout = tonumber(options.dialtimeout) or 30, account = ctx.tenant.code, variables = values,
    node = options.server,
  }
  finish(id, queued, refused)
  if not queued then
    ctx.sent = refused.code == "timeout"
    if not ctx.sent then return nil, refused end
    return failure.of("timeout", "result_unknown", ("Asterisk did not say whether the call was placed: ask for it by "
      .. "its id %s (%s)"):format(id, refused.message))
  end
  return {
    message = queued.message, id = id, source = options.source, dest = options.dest,
    node = queued.node, server = queued.node, uniqueid = queued.id,
  }
end

-- Seconds between two looks at a call that rings.
local LOOK = 0.1
-- Seconds in which a call that was queued shows its channel.
local SOON = 5

--- Waits for the source of a call that `call.dial` placed to answer, at most so many seconds; false when it does not.
function call.answered(placed, seconds)
  local began, seen = time.clock(), false
  repeat
    local it = calls.channels({ uniqueid = placed.uniqueid })[1]
    if it and (it.answered or it.state_text == "Up") then return true end
    if seen and not it then return false end
    seen = seen or it ~= nil
    task.sleep(LOOK)
  until time.clock() - began > (seen and seconds or SOON)
  return false
end

--- What is known of an originate: og_uniqueid, og_source, og_dest, og_started, og_state (SENT no answer yet,
--- QUEUED, UNKNOWN, FAILED never placed, or how it ended), og_response. Nil when there is none.
function call.by_originate(ctx, id)
  local text, params = "SELECT og_uniqueid, og_source, og_dest, og_started, og_state, og_response "
    .. "FROM og_originates WHERE og_id = ?", { id }
  if ctx.tenant then
    text = text .. " AND og_te_id = ?"
    params[2] = ctx.tenant.id
  end
  return store.row(text, params)
end

return call
