-- Queues: the object, the row app_queue reads, and its members.
local ami = require "ami"
local calls = require "calls"
local change_log = require "engine.log"
local guard = require "engine.guard"
local invalid = require("lib.failure").field
local json = require "json"
local moment = require "lib.moment"
local object = require "engine.object"
local numbering = require "model.numbering"
local peers = require "model.peer"
local reference = require "engine.kind"
local sql = require "engine.sql"
local store = require "store"

local function realtime_name(row) return tostring(row.qu_id) end

local function defaults()
  return {
    strategy = "ringall", timeout = "15", retry = "5", wrapuptime = "0", maxlen = "0",
    joinempty = "yes", leavewhenempty = "no", ringinuse = "no", autofill = "yes",
    servicelevel = "60", musiconhold = "default", announce_frequency = "0", weight = "0",
    setinterfacevar = "yes", timeoutrestart = "no",
  }
end

local function interface(order, kind, ex_id)
  return ("Local/AG-%03d-%s-%d@fromotherpbx/n"):format(order, kind, ex_id)
end

-- Order, type and extension id out of an interface, or nil for one of another make.
local function parts(text)
  local order, kind, ex_id = tostring(text):match("^Local/AG%-(%d%d%d)%-(%u+)%-(%d+)@fromotherpbx/n$")
  if not order then return nil end
  return tonumber(order), kind, tonumber(ex_id)
end

-- Well made, but what it names is not there.
local function absent(field, problem)
  local _, err = invalid(field, problem)
  err.status = 409
  return nil, err
end

-- A member may only lead to an extension of the queue's own tenant: an interface is a dial string.
local function member_item(prefix, field)
  return function(tx, change, item, index)
    if type(item) ~= "table" then item = { extension_id = item } end
    local function value(name) return item[name] or item[prefix .. name] end
    local order, kind, ex_id
    if item.extension_id then
      ex_id = tonumber(item.extension_id)
      order = tonumber(item.order) or index - 1
      kind = item.type or "NF"
    elseif value("interface") then
      order, kind, ex_id = parts(value("interface"))
    end
    if not ex_id or type(kind) ~= "string" or not kind:find("^%u+$") then
      return invalid(field, "an item needs extension_id or an interface Local/AG-000-NF-ID@fromotherpbx/n")
    end
    local number, err = tx:value("SELECT ex_number FROM ex_extensions WHERE ex_id = ? AND ex_te_id = ?",
      { ex_id, change.tenant_id })
    if err then return nil, err end
    if not number then return absent(field, "no such extension id: " .. ex_id) end
    local peer = peers.name(number, change.tenant.code)
    local twice
    twice, err = tx:value(("SELECT 1 FROM %s WHERE %squeue_name = ? AND %sstate_interface = ?"):format(
      prefix == "" and "queue_member" or "aq_allowed_queue_member", prefix, prefix),
      { realtime_name(change.row), "Custom:" .. peer })
    if err then return nil, err end
    if twice then return invalid(field, "the same extension twice: " .. ex_id) end
    local penalty, paused = value("penalty"), value("paused")
    return {
      [prefix .. "membername"] = value("membername") or peer,
      [prefix .. "interface"] = interface(order % 1000, kind, ex_id),
      [prefix .. "state_interface"] = "Custom:" .. peer,
      [prefix .. "member_device"] = peer,
      [prefix .. "penalty"] = penalty ~= json.null and penalty or 0,
      [prefix .. "paused"] = paused ~= json.null and paused or 0,
    }
  end
end

local SOUND = { border = "sound" }

-- Music classes moh-ID are known in all tenants.
local function music_of_the_tenant(tx, change)
  local sent = change.action ~= "delete" and change.body.children.realtime
  local id = sent and tostring(sent.musiconhold):match("^moh%-(%d+)$")
  if not id then return true end
  local there, err = reference.exists(tx, reference.kind("musiconhold"), tonumber(id), change.tenant_id)
  if err then return nil, err end
  if not there then return absent("musiconhold", "no such music on hold: moh-" .. id) end
  return true
end

local queue = object {
  name = "queue", summary = "A queue of callers and its agents.",
  table = "qu_queues", id = "qu_id", tenant = "qu_te_id", label = "qu_name",
  unfollowed = require("model.unfollowed").qu_queues,
  example = { name = "Support", number = "700", queue = { strategy = "ringall", timeout = 20 } },
  unique = "qu_number",
  columns = { qu_number = { pattern = "[%w*#_.+-]*", max = 40 } },
  aliases = { name = "qu_name", number = "qu_number" },
  references = {
    mediafile = {
      "qu_youarenext_me_id", "qu_thereare_me_id", "qu_callswaiting_me_id", "qu_thankyou_me_id",
      "qu_periodic_announce_me_id", "qu_agent_announce_me_id", "qu_holdtime_me_id",
      "qu_agent_confirmmessage_me_id",
    },
  },
  secrets = { "qu_api_password" },
  annexes = { { name = "mk_queues", key = "mq_qu_id", columns = { mq_description = { multiline = true } } } },
  before = music_of_the_tenant,
  tags = {
    "QUEUE", "RESETQUEUESTATS", "LOGINQUEUE", "TOGGLELOGINQUEUE", "LOGINADQUEUE", "TOGGLELOGINADQUEUE",
    "TOGGLEPAUSEQUEUE", "LOGOUTALLAGENTSFROMQUEUE", "LOGOUTQUEUE", "PAUSEQUEUE", "UNPAUSEQUEUE",
    "PAUSEALLAGENTSINQUEUE", "UNPAUSEALLAGENTSINQUEUE",
  },
  destinations = {
    ["QUEUE-FULL"] = { "full" },
    ["QUEUE-TIMEOUT"] = { "timeout_destination", "timeout" },
    ["QUEUE-EXITKEY"] = { "exitkey" },
    ["QUEUE-ONCALLBACK"] = { "oncallback" },
    ["QUEUE-NOBODYHOME"] = { "nobodyhome" },
    ["QUEUE-NOFREEMEMBER"] = { "nofreemember" },
    ["QUEUE-PERIODICANNOUNCE"] = { "periodicannounce" },
    ["QUEUE-BEFORERINGING"] = { "beforeringing" },
    ["QUEUE-ONAUTOPAUSE"] = { "onautopause" },
    ["QUEUE-ONABANDONEDCALL"] = { "onabandonedcall" },
  },
  children = {
    {
      name = "realtime", names = { "queue", "realtime" }, table = "queue", key = "name", one = true,
      of = realtime_name, make = defaults, flat = true,
      columns = {
        context = { border = "none" }, announce = SOUND, periodic_announce = SOUND,
        queue_youarenext = SOUND, queue_thereare = SOUND, queue_callswaiting = SOUND,
        queue_holdtime = SOUND, queue_minutes = SOUND, queue_seconds = SOUND, queue_lessthan = SOUND,
        queue_thankyou = SOUND, queue_reporthold = SOUND,
      },
    },
    {
      name = "members", names = { "members", "queue_member", "queue_members" }, table = "queue_member",
      key = "queue_name", id = "uniqueid", of = realtime_name, item = member_item("", "members"),
      select = "SELECT uniqueid, membername, queue_name, interface, state_interface, penalty, paused, "
        .. "member_device FROM queue_member WHERE queue_name = ? ORDER BY interface",
    },
    {
      name = "allowed_members",
      names = { "allowed_members", "aq_allowed_queue_member", "allowed_queue_members" },
      table = "aq_allowed_queue_member", key = "aq_queue_name", id = "aq_uniqueid",
      of = realtime_name, item = member_item("aq_", "allowed_members"),
    },
  },
}

--- A queue by {id=} or {number=}.
function queue.which(ctx, which)
  if which.id then return queue.find(ctx, which.id) end
  return queue.find(ctx, { qu_number = which.number })
end

local function member_of(row)
  local order, kind, ex_id = parts(row.interface)
  local device = row.member_device or (row.state_interface or ""):gsub("^Custom:", "")
  return {
    number = device:match("^(.-)%-[^-]*$") or device, device = device, name = row.membername,
    interface = row.interface, state_interface = row.state_interface,
    penalty = row.penalty, paused = row.paused, pausereason = row.reason_paused,
    order = order or 0, type = kind or "", ex_id = ex_id, uniqueid = row.uniqueid,
  }
end

--- Members of queues in their order, by the id of the queue.
function queue.members_of(ids)
  local found, names, params = {}, {}, {}
  for i, id in ipairs(ids) do
    found[tostring(id)] = {}
    names[i] = tostring(id)
  end
  local rows, err = store.query("SELECT * FROM queue_member WHERE " .. sql.where({ queue_name = names }, params)
    .. " ORDER BY interface", params, { rows = 100000 })
  if not rows then return nil, err end
  for row in rows:each() do table.insert(found[row.queue_name], member_of(row)) end
  for i, id in ipairs(ids) do found[id] = found[names[i]] end
  return found
end

--- Members of a queue in their order.
function queue.members(_, row)
  local found, err = queue.members_of({ row.qu_id })
  return found and found[row.qu_id], err
end

--- Members with what they do now: `state` is the word for their phone (else for their lamp),
--- `calls_taken` and `last_call` are what app_queue counted since it read the queue.
function queue.agents(ctx, row)
  local members, err = queue.members(ctx, row)
  if not members then return nil, err end
  local live = queue.live(ctx, row)
  local seen = {}
  for _, it in ipairs(live and live.members or {}) do seen[it.interface] = it end
  for _, member in ipairs(members) do
    local now = seen[member.interface] or {}
    member.state = calls.device_state("PJSIP/" .. member.device)
    if member.state == "UNKNOWN" then
      member.state = calls.device_state(member.state_interface or "")
    end
    member.calls_taken, member.last_call = now.calls_taken or 0, now.last_call or 0
  end
  return members
end

local function log_entry(tx, ctx, row, action, detail)
  return change_log.write(tx, ctx, {
    object = "queue_member", id = row.qu_id, action = action, tenant_id = row.qu_te_id,
    detail = detail, description = action .. " member " .. detail,
  })
end

--- Adds an extension to a queue. options = {type, order, penalty, paused}.
function queue.add_member(ctx, row, extension, options)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  options = options or {}
  if extension.ex_te_id ~= row.qu_te_id then return invalid("extension", "of another tenant") end
  local peer = peers.name(extension.ex_number, extension.tenant_code)
  return store.transaction(function(tx)
    local there, failed = tx:value("SELECT uniqueid FROM queue_member WHERE queue_name = ? "
      .. "AND state_interface = ?", { realtime_name(row), "Custom:" .. peer })
    if failed then return nil, failed end
    if there then
      return nil, { code = "conflict", reason = "already_exists", message = "already there: " .. peer }
    end
    local text, params = sql.insert("queue_member", {
      queue_name = realtime_name(row), membername = peer, member_device = peer,
      interface = interface((options.order or 0) % 1000, options.type or "NF", extension.ex_id),
      state_interface = "Custom:" .. peer, penalty = options.penalty or 0,
      paused = options.paused or 0,
    })
    local done
    done, failed = tx:exec(text, params)
    if not done then return nil, failed end
    done, failed = log_entry(tx, ctx, row, "add", peer)
    if not done then return nil, failed end
    return true
  end)
end

function queue.remove_member(ctx, row, extension)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local peer = peers.name(extension.ex_number, extension.tenant_code)
  return store.transaction(function(tx)
    local done, failed = tx:exec("DELETE FROM queue_member WHERE queue_name = ? AND state_interface = ?",
      { realtime_name(row), "Custom:" .. peer })
    if not done then return nil, failed end
    if done.changes == 0 then
      return nil, { code = "not_found", reason = "object_not_found", message = "not there: " .. peer }
    end
    done, failed = log_entry(tx, ctx, row, "remove", peer)
    if not done then return nil, failed end
    return true
  end)
end

--- Removes all members; returns how many there were.
function queue.clear_members(ctx, row)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  return store.transaction(function(tx)
    local done, failed = tx:exec("DELETE FROM queue_member WHERE queue_name = ?", { realtime_name(row) })
    if not done then return nil, failed end
    local logged
    logged, failed = log_entry(tx, ctx, row, "clear", "all")
    if not logged then return nil, failed end
    return done.changes
  end)
end

-- app_queue keeps members in memory between calls, so a pause goes to it as well. Members it has
-- not loaded yet are read from the row.
local function tell_pause(name, member, paused, reason)
  local _, err = ami.action("QueuePause", {
    Queue = name, Interface = member, Paused = paused and "true" or "false", Reason = reason or "",
  })
  if err and err.code ~= "refused" then return nil, err end
  return true
end

--- Pauses an agent in one queue, or in all of the tenant. Returns in how many.
function queue.pause_member(ctx, row, extension, paused, reason)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local peer = peers.name(extension.ex_number, extension.tenant_code)
  local text = "SELECT queue_name, interface FROM queue_member WHERE state_interface = ?"
  local params = { "Custom:" .. peer }
  if row then
    text = text .. " AND queue_name = ?"
    params[2] = realtime_name(row)
  end
  local members
  members, err = store.query(text, params)
  if not members then return nil, err end
  if #members == 0 then return 0 end
  local done
  done, err = store.transaction(function(tx)
    for member in members:each() do
      local changed, failed = tx:exec("UPDATE queue_member SET paused = ?, reason_paused = ? "
        .. "WHERE queue_name = ? AND interface = ?",
        { paused and 1 or 0, paused and reason or "", member.queue_name, member.interface })
      if not changed then return nil, failed end
    end
    return change_log.write(tx, ctx, {
      object = "queue_member", id = extension.ex_id, action = paused and "pause" or "unpause",
      tenant_id = extension.ex_te_id, detail = reason, description = "pause " .. peer,
    })
  end)
  if not done then return nil, err end
  for member in members:each() do
    ok, err = tell_pause(member.queue_name, member.interface, paused, reason)
    if not ok then return nil, err end
  end
  return #members
end

--- Has app_queue count from nothing. Returns what Asterisk says.
function queue.reset(ctx, row)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local reply
  reply, err = ami.action("QueueReset", { Queue = realtime_name(row) })
  if not reply then return nil, err end
  return reply.message
end

--- What app_queue knows of a queue now, or nil when it has never been called.
function queue.live(_, row)
  return calls.queues(realtime_name(row))[1]
end

--- A line of queue_log. entry = {event, agent, callid, data = {...}}.
function queue.log(ctx, row, entry)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local values = {
    time = moment.now(), callid = entry.callid or "NONE", agent = entry.agent or "NONE",
    queuename = row and realtime_name(row) or "NONE", event = entry.event,
  }
  for i = 1, 5 do values["data" .. i] = entry.data and entry.data[i] or "" end
  local text, params = sql.insert("queue_log", values)
  local done
  done, err = store.write(text, params)
  if not done then return nil, err end
  return true
end

return numbering.plan(queue, "qu_number", "QUEUE")
