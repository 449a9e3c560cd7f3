-- A call queue of MikoPBX and ours: how they are translated.
local change = require "engine.change"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local prefixed = require "mikopbx.lib.prefixed"
local queues = require "model.queue"
local store = require "store"
local target = require "mikopbx.lib.target"

local callqueue = {}

callqueue.PREFIX = "QUEUE"
local STRATEGIES = { "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear" }
callqueue.RULES = {
  name = { max = 100 }, extension = { digits = true, max = 8 },
  description = { max = 500, default = "", lines = true },
  strategy = { enum = STRATEGIES, default = "ringall" },
  seconds_to_ring_each_member = { type = "integer", min = 1, most = 300, default = 15 },
  seconds_for_wrapup = { type = "integer", min = 0, most = 300, default = 15 },
  recive_calls_while_on_a_call = { type = "boolean", default = false },
  announce_position = { type = "boolean", default = false },
  announce_hold_time = { type = "boolean", default = false },
  periodic_announce_sound_id = { max = 20, default = "" },
  periodic_announce_frequency = { type = "integer", min = 0, most = 3600, default = 0 },
  timeout_to_redirect_to_extension = { type = "integer", min = 0, most = 86400, default = 0 },
  timeout_extension = { max = 20, default = "" },
  redirect_to_extension_if_empty = { max = 20, default = "" },
  caller_hear = { enum = { "mohClass" }, default = "mohClass" },
  members = { type = "table", default = {} },
}
callqueue.REQUIRED = { "name", "extension" }
-- What app_queue has no counterpart for is refused by name when it asks for something.
local WITHOUT = {
  "redirect_to_extension_if_unanswered", "redirect_to_extension_if_repeat_exceeded", "callerid_prefix",
  "moh_sound_id", "number_unanswered_calls_to_redirect", "number_repeat_unanswered_to_redirect",
}
local WAYS = { timeout_extension = "QUEUE-TIMEOUT", redirect_to_extension_if_empty = "QUEUE-NOBODYHOME" }

local SELECT = [[SELECT qu_id, qu_number, qu_name, qu_timeout, qu_periodic_announce_me_id, strategy, "timeout",
  wrapuptime, ringinuse, announce_position, announce_holdtime, periodic_announce_frequency, mq_description
  FROM qu_queues LEFT JOIN queue ON queue.name = %s LEFT JOIN mk_queues ON mq_qu_id = qu_id
  WHERE qu_te_id = ?]]
-- The realtime row has the queue's id as a text.
SELECT = SELECT:format("'' || qu_id")

local function members_of(ctx, id)
  local list, err = queues.members(ctx, { qu_id = id })
  if not list then return nil, err end
  local out = {}
  for i, it in ipairs(list) do out[i] = it.number end
  return out
end

local function ways_of(ctx, id)
  local rows, err = store.query([[SELECT de_type_src AS source, de_type_dst AS kind, de_type_id_dst AS target
    FROM de_destinations WHERE de_type_src IN ('QUEUE-TIMEOUT', 'QUEUE-NOBODYHOME') AND de_type_id_src = ?
    ORDER BY de_ord, de_id]], { id })
  if not rows then return nil, err end
  local found = {}
  if #rows == 0 then return found end
  local numbers
  numbers, err = target.numbers(ctx)
  if not numbers then return nil, err end
  for row in rows:each() do
    found[row.source] = found[row.source] or target.text(numbers, row.kind, row.target)
  end
  return found
end

local function yes(text) return text == "yes" or text == "on" or text == "1" end

local function record(ctx, row)
  local members, err = members_of(ctx, row.qu_id)
  if not members then return nil, err end
  local ways
  ways, err = ways_of(ctx, row.qu_id)
  if not ways then return nil, err end
  local sound = row.qu_periodic_announce_me_id or 0
  return {
    row_id = row.qu_id, id = prefixed.text(callqueue.PREFIX, row.qu_id), name = row.qu_name or "",
    extension = row.qu_number or "", description = row.mq_description or "", strategy = row.strategy or "ringall",
    seconds_to_ring_each_member = tonumber(row.timeout) or 15, seconds_for_wrapup = tonumber(row.wrapuptime) or 0,
    recive_calls_while_on_a_call = yes(row.ringinuse), announce_position = yes(row.announce_position),
    announce_hold_time = yes(row.announce_holdtime),
    periodic_announce_sound_id = sound ~= 0 and ("%d"):format(sound) or "",
    periodic_announce_frequency = tonumber(row.periodic_announce_frequency) or 0,
    timeout_to_redirect_to_extension = tonumber(row.qu_timeout) or 0, caller_hear = "mohClass",
    timeout_extension = ways["QUEUE-TIMEOUT"] or "",
    redirect_to_extension_if_empty = ways["QUEUE-NOBODYHOME"] or "", members = members,
  }
end

--- All queues by name, or one.
function callqueue.records(ctx, id)
  local text, bound = SELECT, { ctx.tenant.id }
  if id then text, bound[2] = text .. " AND qu_id = ?", id end
  local rows, err = store.query(text .. " ORDER BY qu_name, qu_id", bound, { rows = 10000 })
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    list[#list + 1], err = record(ctx, row)
    if err then return nil, err end
  end
  return list
end

local function invalid(bad)
  return nil, { code = "invalid", message = "validation failed", fields = bad }
end

local function check(it)
  local bad = {}
  for _, name in ipairs(callqueue.REQUIRED) do
    if (it[name] or "") == "" then bad[name] = "is required" end
  end
  if not bad.extension and #it.extension < 2 then bad.extension = "must have 2 to 8 digits" end
  if it.periodic_announce_sound_id ~= "" and not it.periodic_announce_sound_id:match("^%d+$") then
    bad.periodic_announce_sound_id = "no such sound file"
  end
  if next(bad) then return invalid(bad) end
  return true
end

--- Cleaned fields; those of a create have their defaults.
function callqueue.clean(values, creating)
  local bad = {}
  for _, name in ipairs(WITHOUT) do
    local value = values[name]
    if value ~= nil and value ~= "" and tostring(value) ~= "0" and value ~= json.null then
      bad[name] = "queues here have no such thing"
    end
  end
  if next(bad) then return invalid(bad) end
  return fields.clean(callqueue.RULES, values, creating)
end

-- Numbers of the members, each {extension=} or the number itself, as the model takes them.
local function members_for(ctx, list)
  local out = json.array({})
  for i, item in ipairs(list) do
    local number = tostring(type(item) == "table" and item.extension or item)
    local id, err = store.value([[SELECT ex_id FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?]],
      { ctx.tenant.id, number })
    if err then return nil, err end
    if not id then return invalid({ members = "no such extension: " .. number:sub(1, 40) }) end
    out[i] = { extension_id = id, order = i - 1 }
  end
  return out
end

local function destinations_for(ctx, it)
  local found = {}
  for name, key in pairs(WAYS) do
    found[key] = json.array({})
    if it[name] ~= "" then
      local tag, err = target.tag(ctx, it[name])
      if not tag and err.code == "invalid" then return invalid({ [name] = err.message }) end
      if not tag then return nil, err end
      found[key][1] = tag
    end
  end
  return found
end

local NAMES = { qu_name = "name", name = "name", qu_number = "extension", number = "extension",
  qu_periodic_announce_me_id = "periodic_announce_sound_id", members = "members" }

local function word(flag) return flag and "yes" or "no" end

local function changes_of(ctx, it)
  local members, err = members_for(ctx, it.members)
  if not members then return nil, err end
  local ways
  ways, err = destinations_for(ctx, it)
  if not ways then return nil, err end
  return {
    qu_name = it.name, qu_number = it.extension,
    qu_timeout = it.timeout_to_redirect_to_extension > 0 and ("%d"):format(it.timeout_to_redirect_to_extension) or "",
    qu_periodic_announce_me_id = tonumber(it.periodic_announce_sound_id) or json.null,
    queue = {
      strategy = it.strategy, timeout = ("%d"):format(it.seconds_to_ring_each_member),
      wrapuptime = ("%d"):format(it.seconds_for_wrapup), ringinuse = word(it.recive_calls_while_on_a_call),
      announce_position = word(it.announce_position), announce_holdtime = word(it.announce_hold_time),
      periodic_announce_frequency = ("%d"):format(it.periodic_announce_frequency),
    },
    members = members, destinations = ways,
  }
end

--- Creates a queue of cleaned fields, or changes the one given as `before`.
function callqueue.save(ctx, values, before)
  local it = {}
  for name, value in pairs(before or {}) do it[name] = value end
  for name, value in pairs(values) do it[name] = value end
  local ok, err = check(it)
  if not ok then return nil, err end
  ok, err = target.free(ctx, it.extension, before and "QUEUE-" .. ("%d"):format(before.row_id))
  if not ok then return nil, err end
  local changes
  changes, err = changes_of(ctx, it)
  if not changes then return nil, err end
  -- Members that stay are not to lose their pause.
  if before and not values.members then changes.members = nil end
  local own = { mk_queues = { mq_description = it.description } }
  local made
  if before then made, err = change.run(ctx, { { queues, "update", before.row_id, changes, annexes = own } })
  else made, err = change.run(ctx, { { queues, "create", changes, annexes = own } }) end
  if not made then return prefixed.not_saved(err, NAMES) end
  local list
  list, err = callqueue.records(ctx, made[1].qu_id)
  if not list then return nil, err end
  return list[1]
end

function callqueue.delete(ctx, it) return queues.delete(ctx, it.row_id) end

--- How the API shows a queue; `names` by number.
function callqueue.shown(_, it, names)
  local members = json.array({})
  for i, number in ipairs(it.members) do
    members[i] = json.ordered("extension", number, "represent", mikopbx.represent_phone(names[number], number))
  end
  local function represent(number) return target.represent(names, number) end
  return json.ordered("id", it.id, "name", it.name, "extension", it.extension, "description", it.description,
    "strategy", it.strategy, "seconds_to_ring_each_member", ("%d"):format(it.seconds_to_ring_each_member),
    "seconds_for_wrapup", ("%d"):format(it.seconds_for_wrapup),
    "recive_calls_while_on_a_call", it.recive_calls_while_on_a_call, "announce_position", it.announce_position,
    "announce_hold_time", it.announce_hold_time, "caller_hear", it.caller_hear,
    "periodic_announce_sound_id", it.periodic_announce_sound_id,
    "periodic_announce_frequency", it.periodic_announce_frequency,
    "timeout_to_redirect_to_extension", it.timeout_to_redirect_to_extension,
    "timeout_extension", it.timeout_extension, "timeout_extension_represent", represent(it.timeout_extension),
    "redirect_to_extension_if_empty", it.redirect_to_extension_if_empty,
    "redirect_to_extension_if_empty_represent", represent(it.redirect_to_extension_if_empty),
    "members", members, "represent", mikopbx.represent("users", ("%s <%s>"):format(it.name, it.extension)))
end

return callqueue
