-- /call-queues: queues of callers and their members.
local extension = require "model.extension"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local queue = require "model.queue"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local target = require "mikopbx.lib.target"

local RULES = {
  name = { max = 100 }, extension = { digits = true, max = 8 },
  description = { max = 500, default = "", lines = true },
  strategy = { enum = { "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear" }, default = "ringall" },
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
local TIMEOUT, EMPTY = "QUEUE-TIMEOUT", "QUEUE-NOBODYHOME"
local SOURCES = { TIMEOUT, EMPTY }

-- The realtime row has the queue's id as a text.
local SELECT = [[SELECT qu_id, qu_number, qu_name, qu_timeout, qu_periodic_announce_me_id, strategy, "timeout",
  wrapuptime, ringinuse, announce_position, announce_holdtime, periodic_announce_frequency, mq_description
  FROM qu_queues LEFT JOIN queue ON queue.name = '' || qu_id LEFT JOIN mk_queues ON mq_qu_id = qu_id]]

local function yes(text) return text == "yes" or text == "on" or text == "1" end

local function record(row, members, ways, names)
  local sound = row.qu_periodic_announce_me_id or 0
  local function way(source) return ways[source][1] and ways[source][1].text or "" end
  return {
    row_id = row.qu_id, name = row.qu_name or "", extension = row.qu_number or "", description = row.mq_description or "",
    strategy = row.strategy or "ringall", names = names,
    seconds_to_ring_each_member = tonumber(row.timeout) or 15, seconds_for_wrapup = tonumber(row.wrapuptime) or 0,
    recive_calls_while_on_a_call = yes(row.ringinuse), announce_position = yes(row.announce_position),
    announce_hold_time = yes(row.announce_holdtime),
    periodic_announce_sound_id = sound ~= 0 and ("%d"):format(sound) or "",
    periodic_announce_frequency = tonumber(row.periodic_announce_frequency) or 0,
    timeout_to_redirect_to_extension = tonumber(row.qu_timeout) or 0, caller_hear = "mohClass",
    timeout_extension = way(TIMEOUT), redirect_to_extension_if_empty = way(EMPTY), members = members,
  }
end

local function read(ctx, rows)
  local ids, list, numbers, seen = {}, {}, {}, {}
  for i, row in ipairs(rows) do ids[i] = row.qu_id end
  local members, err = queue.members_of(ids)
  if not members then return nil, err end
  local ways, names = target.ways(ctx, SOURCES, ids)
  if not ways then return nil, names end
  for id, some in pairs(members) do
    if type(id) == "number" then
      for i, it in ipairs(some) do
        some[i] = it.number
        if not seen[it.number] then numbers[#numbers + 1] = it.number end
        seen[it.number] = true
      end
    end
  end
  local named
  named, err = target.names(ctx, numbers)
  if not named then return nil, err end
  for number, name in pairs(named) do names[number] = name end
  for i, row in ipairs(rows) do list[i] = record(row, members[row.qu_id], ways[row.qu_id], names) end
  return list
end

-- Numbers of the members, each {extension=} or the number itself, as the model takes them.
local function members_for(ctx, list)
  local out, numbers, ids = json.array({}), {}, {}
  for i, item in ipairs(list) do numbers[i] = tostring(type(item) == "table" and item.extension or item) end
  if #numbers == 0 then return out end
  local rows, err = extension.rows(ctx, { where = { ex_number = numbers }, columns = { "ex_id", "ex_number" } })
  if not rows then return nil, err end
  for row in rows:each() do ids[row.ex_number] = row.ex_id end
  for i, number in ipairs(numbers) do
    if not ids[number] then return resource.invalid({ members = "no such extension: " .. number:sub(1, 40) }) end
    out[i] = { extension_id = ids[number], order = i - 1 }
  end
  return out
end

local function word(flag) return flag and "yes" or "no" end

local function changes(ctx, it, before, values)
  local members, err = members_for(ctx, it.members)
  if not members then return nil, err end
  -- Members that stay are not to lose their pause.
  if before and not values.members then members = nil end
  local ways
  ways, err = target.destinations(ctx, { [TIMEOUT] = { "timeout_extension", it.timeout_extension },
    [EMPTY] = { "redirect_to_extension_if_empty", it.redirect_to_extension_if_empty } })
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
  }, { mq_description = it.description }
end

local function shown(it)
  local members = json.array({})
  for i, number in ipairs(it.members) do
    members[i] = json.ordered("extension", number, "represent", mikopbx.represent_phone(it.names[number], number))
  end
  local function represent(number) return target.represent(it.names, number) end
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

return resource.of {
  path = "call-queues", word = "Call queue", summary = "Queues of callers and their members.",
  prefix = "QUEUE", tag = "QUEUE", shape = shapes.callqueue, model = queue, annex = "mk_queues",
  rules = RULES, required = { "name", "extension" },
  -- What app_queue has no counterpart for.
  without = {
    "redirect_to_extension_if_unanswered", "redirect_to_extension_if_repeat_exceeded", "callerid_prefix",
    "moh_sound_id", "number_unanswered_calls_to_redirect", "number_repeat_unanswered_to_redirect",
  },
  names = { qu_name = "name", name = "name", qu_number = "extension", number = "extension",
    qu_periodic_announce_me_id = "periodic_announce_sound_id", members = "members" },
  check = function(it, bad)
    if it.periodic_announce_sound_id ~= "" and not it.periodic_announce_sound_id:match("^%d+$") then
      bad.periodic_announce_sound_id = "no such sound file"
    end
  end,
  id = "qu_id", order = "qu_name, qu_id", orders = { name = "qu_name", extension = "qu_number" },
  search = { "qu_name", "qu_number", "mq_description" },
  select = SELECT, read = read, changes = changes, shown = shown,
  copied = function(it) it.extension, it.name = "", "copy of " .. it.name end,
}
