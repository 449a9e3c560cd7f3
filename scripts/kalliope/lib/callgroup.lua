-- What a call group of Kalliope is here: a hunt list.
local destination = require "engine.destination"
local failover = require "kalliope.lib.failover"
local huntlist = require "model.huntlist"
local json = require "json"
local kalliope = require "kalliope.lib.answer"
local store = require "store"
local xml = require "xml"

local callgroup = { word = "call group", model = huntlist }

local MEMBERS = [[SELECT ex_number, de_type_dst FROM de_destinations LEFT JOIN ex_extensions ON ex_id = de_type_id_dst
  AND de_type_dst = 'EXT' WHERE de_type_src = 'HUNTLIST' AND de_type_id_src = ? ORDER BY de_ord, de_id]]

-- Numbers of the members, priority by priority; members of other kinds have none here.
local function priorities_of(row)
  local members, err = store.query(MEMBERS, { row.hu_id })
  if not members then return nil, err end
  local list = {}
  for i, step in ipairs(huntlist.steps_of(row, members:list())) do
    list[i] = {}
    for _, member in ipairs(step) do list[i][#list[i] + 1] = member.ex_number end
  end
  return list
end

-- Where an unanswered call goes, behind its announcement.
local function away_of(id)
  local rows, err = store.query(destination.select({ "HUNTLIST-TIMEOUT" }, id))
  if not rows then return nil, err end
  local tag
  for row in rows:each() do
    if row.de_type_dst ~= "MEDIAFILE" then
      tag = destination.tag(row.de_type_dst, row.de_type_id_dst)
      break
    end
  end
  local given
  given, err = store.value("SELECT kg_failover FROM ks_groups WHERE kg_hu_id = ?", { id })
  if err then return nil, err end
  return failover.stored(tag, given)
end

local function record_of(row)
  local priorities, err = priorities_of(row)
  if not priorities then return nil, err end
  local away
  away, err = away_of(row.hu_id)
  if not away then return nil, err end
  return {
    id = row.hu_id, name = row.hu_name, selection = row.hu_number, timeout = row.hu_ringtime,
    enabled = row.hu_enabled ~= "no", priorities = priorities, failover = away,
  }
end

--- Call groups of the store, by `options` of its model.
function callgroup.stored(ctx, options)
  local rows, err = huntlist.rows(ctx, options)
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    list[#list + 1], err = record_of(row)
    if err then return nil, err end
  end
  return list
end

--- A call group of the store by id; nil without an error when there is none.
function callgroup.load(ctx, id)
  local list, err = callgroup.stored(ctx, { where = { hu_id = id } })
  return list and list[1], err
end

-- Numbers of the members, by the ids of their priorities.
local function given_priorities(element)
  local priorities = xml.child(element, "priorities")
  if not priorities then return nil end
  local sorted = {}
  for i, priority in ipairs(priorities) do
    sorted[i] = { id = kalliope.id(xml.value(priority, "id")) or i, place = i, element = priority }
  end
  table.sort(sorted, function(a, b) return a.id < b.id or a.id == b.id and a.place < b.place end)
  local list = json.array({})
  for i, it in ipairs(sorted) do
    list[i] = json.array({})
    for _, member in ipairs(xml.child(it.element, "members") or {}) do
      list[i][#list[i] + 1] = kalliope.given(member, "exten")
    end
  end
  return list
end

--- What a request says of a call group, by tag.
function callgroup.given(element)
  return {
    name = xml.value(element, "name"), selection = xml.value(element, "selection"),
    timeout = xml.value(element, "timeout"), enabled = kalliope.flag_of(element, "enabled"),
    priorities = given_priorities(element), failover = failover.given(element),
  }
end

--- Brings a call group to what a change says.
function callgroup.fold(record, values)
  for tag, value in pairs(values) do record[tag] = value end
end

--- The models whose ids a change names before it is made, and what it calls them.
function callgroup.reserved(action, values, record)
  local models, names = {}, {}
  if action == "create" then models[1], names[1] = huntlist, "id" end
  failover.reserved(models, names, values, record)
  return models, names
end

-- Seconds a group rings; without an end it would ring for ever.
local function check_timeout(text)
  if text == nil or text == "" then return true end
  local seconds = kalliope.id(text)
  if seconds and seconds >= 1 and seconds <= 600 then return true end
  return nil, { code = "invalid", message = "timeout: not 1 to 600 seconds: " .. text:sub(1, 40) }
end

-- Members as destinations, and how many of each step.
local function member_tags(view, priorities)
  local tags, sizes = json.array({}), {}
  for _, numbers in ipairs(priorities) do
    for _, number in ipairs(numbers) do
      local id, err = view:id_of("EXT", number)
      if err then return nil, err end
      if not id then return nil, { code = "invalid", message = "no such extension: " .. number:sub(1, 40) } end
      tags[#tags + 1] = "EXT-" .. id
    end
    sizes[#sizes + 1] = #numbers > 0 and #numbers or nil
  end
  return tags, sizes
end

--- The steps of a change.
function callgroup.steps(view, entry, before)
  if entry.action == "delete" then
    return failover.around({ { huntlist, "delete", before.id } }, { failover = {} }, before)
  end
  local values, own = entry.values, {}
  local fine, err = check_timeout(values.timeout)
  if not fine then return nil, err end
  before = before or {}
  local fields = { hu_name = values.name, hu_number = values.selection, hu_ringtime = values.timeout, destinations = {} }
  if values.enabled ~= nil then fields.hu_enabled = values.enabled and "yes" or "no" end
  if values.priorities then
    local tags, sizes = member_tags(view, values.priorities)
    if not tags then return nil, sizes end
    fields.destinations.HUNTLIST = tags
    fields.hu_type, fields.hu_steps = #sizes > 1 and "STEPS" or "RINGALL", table.concat(sizes, ",")
  end
  if values.failover then
    local tags
    tags, err = failover.tags(view, values.failover, before.failover)
    if not tags then return nil, err end
    own.kg_failover = json.encode(json.object(values.failover))
    fields.destinations["HUNTLIST-TIMEOUT"] = json.array(tags)
  end
  local step = { huntlist, "update", before.id, fields, annexes = { ks_groups = own } }
  if entry.action == "create" then step = { huntlist, "create", fields, id = entry.id, annexes = { ks_groups = own } } end
  return failover.around({ step }, values, before, "call group " .. (values.name or before.name or ""))
end

--- The `<callgroup>`.
function callgroup.element(view, record)
  local away, err = failover.shown(view, record.failover)
  if not away then return nil, err end
  local priorities = {}
  for i, numbers in ipairs(record.priorities or {}) do
    local members = {}
    for _, number in ipairs(numbers) do
      local it
      it, err = view:name_of(number)
      if err then return nil, err end
      -- Whom a change that waits deletes is no member any more.
      if it then members[#members + 1] = { "member", { { "exten", number }, { "display_name", it } } } end
    end
    priorities[i] = { "priority", { { "id", i }, { "members", members } } }
  end
  return { "callgroup", {
    { "id", record.id }, { "name", record.name }, { "selection", record.selection },
    { "enabled", kalliope.flag(record.enabled ~= false) }, { "timeout", record.timeout }, away, { "priorities", priorities },
  } }
end

return callgroup
