-- /off-work-times: when calls that come in go elsewhere: conditions that are asked before a call follows its DID.
local condition = require "model.condition"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local sound_name = require "mikopbx.lib.sound_name"
local sql = require "engine.sql"
local store = require "store"
local target = require "mikopbx.lib.target"
local time = require "time"
local value_of = require "lib.value"

local SELECT = [[SELECT co_id, co_name, co_param1, co_param2, co_param3, co_param4, mw_priority, mw_action, mw_dids
  FROM co_conditions JOIN mk_offworktimes ON mw_co_id = co_id]]
local SOURCES = { "CONDITION" }
local WORDS = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }
local NAMES = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local NUMBERS = {}
for n, word in ipairs(WORDS) do NUMBERS[word] = tostring(n) end
local OPEN, ALL_DAY = "-1", "00:00-23:59"

---- reading

local function dids_of(text)
  local list = {}
  for id in (text or ""):gmatch("%d+") do list[#list + 1] = tonumber(id) end
  return list
end

-- Those of the ids that there are: a DID may be gone.
local function existing(ids)
  local found, bound = {}, {}
  if #ids == 0 then return found end
  local rows, err = store.query("SELECT di_id FROM di_dids WHERE " .. sql.where({ di_id = ids }, bound), bound, { rows = 100000 })
  if not rows then return nil, err end
  for row in rows:each() do found[row.di_id] = true end
  return found
end

local function record(row, way, sound, names)
  local from, to = (row.co_param3 ~= "" and row.co_param3 or ALL_DAY):match("^(.-)%-(.*)$")
  local first, last = (row.co_param4 or ""):match("^(%a+)%-?(%a*)$")
  return {
    row_id = row.co_id, description = row.co_name or "", name = row.co_name or "", calType = "timeframe",
    date_from = row.co_param1 or "", date_to = row.co_param2 or "", time_from = from or "00:00", time_to = to or "23:59",
    weekday_from = NUMBERS[first] or OPEN, weekday_to = NUMBERS[last ~= "" and last or first] or OPEN,
    priority = row.mw_priority, action = row.mw_action, extension = way and way.text or "",
    audio_message_id = sound and ("%d"):format(sound.id) or "", names = names, allowRestriction = row.mw_dids ~= nil,
  }
end

local function read(ctx, rows)
  local ids, dids, sounds, list = {}, {}, {}, {}
  for i, row in ipairs(rows) do
    ids[i] = row.co_id
    for _, id in ipairs(dids_of(row.mw_dids)) do dids[#dids + 1] = id end
  end
  local ways, names = target.ways(ctx, SOURCES, ids)
  if not ways then return nil, names end
  local there, err = existing(dids)
  if not there then return nil, err end
  for i, row in ipairs(rows) do
    local first = ways[row.co_id].CONDITION[1]
    local plays = row.mw_action == "playmessage"
    list[i] = record(row, not plays and first, plays and first, names)
    list[i].incomingRouteIds = json.array({})
    for _, id in ipairs(dids_of(row.mw_dids)) do
      if there[id] then table.insert(list[i].incomingRouteIds, id) end
    end
    sounds[i] = list[i].audio_message_id
  end
  local named
  named, err = sound_name(sounds)
  if not named then return nil, err end
  for _, it in ipairs(list) do it.sound = named[it.audio_message_id] end
  return list
end

---- writing

-- A day, or the second it begins in, as a day.
local function day_of(text)
  if text:match("^%d+$") and #text > 6 then return time.format("%Y-%m-%d", tonumber(text)) end
  return text
end

local function is_day(text)
  return text == "" or #text == 10 and value_of.datetime(text) ~= nil
end

local function is_time(text)
  local hour, minute = text:match("^(%d%d):(%d%d)$")
  return hour ~= nil and tonumber(hour) < 24 and tonumber(minute) < 60
end

local function check(it, bad)
  if it.calType == "caldav" or it.calType == "ical" then bad.calType = "calendars of other hosts are not read here" end
  for _, name in ipairs({ "date_from", "date_to" }) do
    it[name] = day_of(it[name])
    if not is_day(it[name]) then bad[name] = "must be a day: YYYY-MM-DD" end
  end
  if not bad.date_to and it.date_to ~= "" and it.date_from > it.date_to then bad.date_to = "is before date_from" end
  for name, open in pairs({ time_from = "00:00", time_to = "23:59" }) do
    if it[name] == "" then it[name] = open end
    if not is_time(it[name]) then bad[name] = "must be a time: HH:MM" end
  end
  for _, name in ipairs({ "weekday_from", "weekday_to" }) do
    if it[name] == "" then it[name] = OPEN end
  end
  if it.weekday_from == OPEN and it.weekday_to ~= OPEN then bad.weekday_from = "is required with weekday_to" end
  if it.action == "playmessage" and not it.audio_message_id:match("^%d+$") then
    bad.audio_message_id = it.audio_message_id == "" and "is required" or "no such sound file"
  elseif it.action == "extension" and it.extension == "" then bad.extension = "is required"
  end
  if #(it.allowedExtensions or {}) > 0 then bad.allowedExtensions = "there is no such thing here" end
end

local function dids_text(it)
  if not it.allowRestriction then return json.null end
  local found, err = existing(it.incomingRouteIds)
  if not found then return nil, err end
  local text = ","
  for _, id in ipairs(it.incomingRouteIds) do
    if not found[tonumber(id)] then return resource.invalid({ incomingRouteIds = "no such incoming route: " .. tostring(id):sub(1, 20) }) end
    text = text .. ("%d,"):format(tonumber(id))
  end
  return text
end

local function days_of(it)
  local first, last = WORDS[tonumber(it.weekday_from)], WORDS[tonumber(it.weekday_to)]
  if not first then return "" end
  return (not last or last == first) and first or first .. "-" .. last
end

local function changes(ctx, it, before, _, sent)
  -- Routes that are named are meant; none takes the restriction away.
  if sent.incomingRouteIds and sent.allowRestriction == nil then it.allowRestriction = #it.incomingRouteIds > 0 end
  local dids, err = dids_text(it)
  if not dids then return nil, err end
  local found
  if it.action == "extension" then found, err = target.destinations(ctx, { CONDITION = { "extension", it.extension } })
  else found = { CONDITION = { "PLAYBACK-" .. it.audio_message_id, "SPECIAL-1" } } end
  if not found then return nil, err end
  local hours = it.time_from .. "-" .. it.time_to
  return {
    co_name = (sent.name or "") ~= "" and sent.description == nil and it.name or it.description,
    co_type = not before and "PERIOD" or nil, co_param1 = it.date_from, co_param2 = it.date_to,
    co_param3 = hours ~= ALL_DAY and hours or "", co_param4 = days_of(it), destinations = found,
  }, { mw_priority = it.priority, mw_action = it.action, mw_dids = dids }
end

-- One without a priority is asked last.
local function steps(ctx, step, it, before)
  if before or it.priority > 0 then return { step } end
  local rows, err = condition.rows(ctx, { where = { co_type = "PERIOD" }, columns = { "co_id" } })
  if not rows then return nil, err end
  local last, bound = nil, {}
  if #rows > 0 then
    last, err = store.value("SELECT max(mw_priority) FROM mk_offworktimes WHERE "
      .. sql.where({ mw_co_id = rows:column("co_id") }, bound), bound)
    if err then return nil, err end
  end
  step.annexes.mk_offworktimes.mw_priority = (last or 0) + 1
  return { step }
end

---- answers

local function shown(it)
  return json.ordered("id", it.id, "name", it.name, "description", it.description, "calType", it.calType,
    "date_from", it.date_from, "date_to", it.date_to, "weekday_from", it.weekday_from, "weekday_to", it.weekday_to,
    "time_from", it.time_from, "time_to", it.time_to, "calUrl", "", "calUser", "", "calSecret", "",
    "priority", it.priority, "allowRestriction", it.allowRestriction, "allowedExtensions", json.array({}),
    "incomingRouteIds", it.incomingRouteIds, "action", it.action, "extension", it.extension,
    "extension_represent", target.represent(it.names, it.extension),
    "audio_message_id", it.audio_message_id, "audio_message_id_represent", mikopbx.represent_sound(it.sound),
    "search_index", mikopbx.search_index(it.description, it.extension))
end

local function period(list, icon, kind, first, last)
  if first == "" then return end
  list[#list + 1] = json.ordered("icon", icon, "text", (last == "" or last == first) and first or first .. " - " .. last,
    "type", kind)
end

local function row(it)
  local periods = json.array({})
  local first, last = NAMES[tonumber(it.weekday_from)] or "", NAMES[tonumber(it.weekday_to)] or ""
  period(periods, "outline calendar alternate", "date", it.date_from, it.date_to)
  period(periods, "outline calendar minus", "weekday", first, last)
  period(periods, "clock outline", "time", it.time_from, it.time_to)
  local short = it.description:match("^[^\r\n]*")
  local display = it.action == "extension" and '<i class="phone icon"></i>' .. mikopbx.html(it.extension)
    or '<i class="file audio outline icon"></i>' .. mikopbx.html(it.sound or "")
  return json.ordered("id", it.id, "name", it.name, "description", it.description, "shot_description", short,
    "calType", it.calType, "calendarPeriods", periods, "allowRestriction", it.allowRestriction, "action", it.action,
    "actionDisplay", display, "audio_message_id", it.sound or "", "extension", it.extension, "priority", it.priority,
    "date_from", it.date_from, "date_to", it.date_to, "weekday_from", first, "weekday_to", last,
    "time_from", it.time_from, "time_to", it.time_to, "search_index", mikopbx.search_index(it.description, it.extension))
end

local WEEKDAYS = { OPEN, "1", "2", "3", "4", "5", "6", "7" }

return resource.of {
  path = "off-work-times", word = "Time condition", summary = "When calls that come in go elsewhere.",
  shape = shapes.off_work, row_shape = shapes.off_work_row, model = condition, annex = "mk_offworktimes",
  rules = {
    description = { max = 191, default = "" }, name = { max = 191, default = "" },
    calType = { enum = { "timeframe", "caldav", "ical" }, default = "timeframe" },
    date_from = { max = 20, default = "" }, date_to = { max = 20, default = "" },
    weekday_from = { enum = WEEKDAYS, default = OPEN }, weekday_to = { enum = WEEKDAYS, default = OPEN },
    time_from = { max = 5, default = "00:00" }, time_to = { max = 5, default = "23:59" },
    action = { enum = { "extension", "playmessage" }, default = "extension" }, extension = { max = 20, default = "" },
    audio_message_id = { max = 20, default = "" }, priority = { type = "integer", min = 0, most = 9999, default = 0 },
    allowRestriction = { type = "boolean", default = false }, allowedExtensions = { type = "table", default = {} },
    incomingRouteIds = { type = "table", default = {} },
  },
  required = {}, without = { "calUrl", "calUser", "calSecret" }, check = check,
  names = { co_name = "description", name = "description", condition = "audio_message_id", CONDITION = "audio_message_id" },
  id = "co_id", order = "mw_priority, co_id",
  orders = { priority = "mw_priority", description = "co_name", date_from = "co_param1", date_to = "co_param2" },
  search = { "co_name" }, select = SELECT, read = read, changes = changes, steps = steps, shown = shown, row = row,
  copied = function(it) it.description, it.name, it.priority = "copy of " .. it.description, "copy of " .. it.description, 0 end,
  reorder = "changePriorities",
  prioritized = function(id, priority)
    return { condition, "update", id, {}, annexes = { mk_offworktimes = { mw_priority = priority } } }
  end,
}
