-- /off-work-times: conditions that a call is asked before it follows its DID.
local client = require "support.mikopbx"
local ask = client.asker("off-work-times")

local function route(t, number)
  return tonumber(t.http:post(client.BASE .. "/incoming-routes", { headers = client.bearer(t),
    json = { number = number, extension = "201" } }).json.data.id)
end

local function asked(t, did) return t.sql("SELECT conditions FROM dialplan_offwork WHERE id = " .. did)[1].conditions end

test("a time is a condition that every call is asked", function(t)
  client.employee(t, "201", "John")
  client.employee(t, "202", "Ann")
  local did = route(t, "74951")
  t.equal(asked(t, did), "")
  local res = ask(t, "post", "", { description = "Nights", date_from = "2026-01-01", date_to = "2026-12-31",
    weekday_from = "1", weekday_to = 5, time_from = "18:00", time_to = "09:00", extension = "202" })
  t.equal(res.status, 201)
  local it = res.json.data
  t.equal({ it.description, it.name, it.calType, it.date_from, it.date_to, it.weekday_from, it.weekday_to, it.time_from, it.time_to,
    it.action, it.extension, it.priority, it.allowRestriction, #it.incomingRouteIds }, { "Nights", "Nights", "timeframe",
    "2026-01-01", "2026-12-31", "1", "5", "18:00", "09:00", "extension", "202", 1, false, 0 })
  t.matches(it.extension_represent, "Ann <202>$")
  t.equal(t.sql("SELECT co_type, co_param1, co_param2, co_param3, co_param4 FROM co_conditions"), { { co_type = "PERIOD",
    co_param1 = "2026-01-01", co_param2 = "2026-12-31", co_param3 = "18:00-09:00", co_param4 = "mon-fri" } })
  t.equal(asked(t, did), "CONDITION-" .. it.id)
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  local row = ask(t, "get", "").json.data[1]
  t.equal({ row.id, #row.calendarPeriods, row.weekday_from, row.calendarPeriods[2].text }, { it.id, 3, "Mon", "Mon - Fri" })
end)

test("of some routes only, in the order of their priorities, with a sound", function(t)
  t.sql("INSERT INTO me_mediafiles (me_id, me_te_id, me_name) SELECT 7, te_id, 'Closed' FROM te_tenants WHERE te_code = 'DEMO'")
  local first = ask(t, "get", "").json.data[1].id
  local one, other = route(t, "74952"), route(t, "74953")
  local it = ask(t, "post", "", { name = "Holiday", action = "playmessage", audio_message_id = "7", date_from = "2026-05-09",
    incomingRouteIds = { one } }).json.data
  t.equal({ it.description, it.priority, it.allowRestriction, it.incomingRouteIds, it.audio_message_id },
    { "Holiday", 2, true, { one }, "7" })
  t.matches(it.audio_message_id_represent, "Closed$")
  t.equal(t.sql("SELECT targets FROM dialplan_destination WHERE id = 'CONDITION-" .. it.id .. "'")[1].targets, "PLAYBACK-7&SPECIAL-1")
  t.equal({ asked(t, one), asked(t, other) }, { "CONDITION-" .. first .. "&CONDITION-" .. it.id, "CONDITION-" .. first })
  t.equal(ask(t, "post", ":changePriorities", { priorities = { [first] = 5 } }).json.data.updated, 1)
  t.equal(asked(t, one), "CONDITION-" .. it.id .. "&CONDITION-" .. first)
  t.equal(ask(t, "post", ":changePriorities", { priorities = { { id = first, priority = 1 } } }).json.data.updated, 1)
  t.equal(ask(t, "post", ":changePriorities", { priorities = { { id = first } } }).status, 422)
  t.equal(asked(t, one), "CONDITION-" .. first .. "&CONDITION-" .. it.id)
  local res = ask(t, "put", "/" .. first, { description = "Evenings", time_from = "20:00", time_to = "23:00", action = "extension",
    extension = "201" })
  t.equal({ res.status, res.json.data.name, res.json.data.date_from, res.json.data.time_from, res.json.data.extension },
    { 200, "Evenings", "", "20:00", "201" }, res.body)
  local kept = ask(t, "patch", "/" .. it.id, { time_from = "10:00" }).json.data
  t.equal({ kept.incomingRouteIds, kept.audio_message_id, kept.time_from, kept.description }, { { one }, "7", "10:00", "Holiday" })
  t.http:delete(client.BASE .. "/incoming-routes/" .. one, { headers = client.bearer(t) })
  t.equal(#ask(t, "get", "/" .. it.id).json.data.incomingRouteIds, 0)
  t.equal(ask(t, "patch", "/" .. it.id, { incomingRouteIds = {} }).json.data.allowRestriction, false)
  t.equal(ask(t, "get", "/" .. it.id .. ":copy").json.data.description, "copy of Holiday")
  t.equal(ask(t, "get", ":getDefault").json.data.time_to, "23:59")
end)

test("what is wrong is named", function(t)
  local function wrong(json)
    json.extension = json.extension or "201"
    return ask(t, "post", "", json).json.messages.error
  end
  t.truthy(wrong({ extension = "" }).extension)
  t.truthy(wrong({ extension = "999" }).extension)
  t.truthy(wrong({ action = "playmessage" }).audio_message_id)
  t.truthy(wrong({ action = "playmessage", audio_message_id = "99" }).audio_message_id)
  t.truthy(wrong({ date_from = "2026-02-30" }).date_from)
  t.truthy(wrong({ date_from = "2026-03-01", date_to = "2026-02-01" }).date_to)
  t.truthy(wrong({ time_from = "24:00" }).time_from)
  t.truthy(wrong({ weekday_to = "5" }).weekday_from)
  t.matches(wrong({ weekday_from = "8" })[1], "^Field 'weekday_from'")
  t.truthy(wrong({ incomingRouteIds = { 99 } }).incomingRouteIds)
  t.truthy(wrong({ allowedExtensions = { "201" } }).allowedExtensions)
  t.truthy(wrong({ calType = "caldav" }).calType)
  t.truthy(wrong({ calUrl = "https://x.example/c.ics" }).calUrl)
  t.equal(#ask(t, "get", "", nil, t.other_key).json.data, 0)
  local id = ask(t, "get", "").json.data[1].id
  t.equal(ask(t, "delete", "/" .. id, nil, t.other_key).status, 404)
  t.equal(ask(t, "delete", "/" .. id).json.data, {})
  t.equal(#t.sql("SELECT 1 FROM mk_offworktimes WHERE mw_co_id = " .. id), 0)
end)
