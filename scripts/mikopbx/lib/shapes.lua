-- What the resources of MikoPBX show, as JSON schemas for `result`, and parameters that several take.

local words = require "document.shape"

local TYPES = {
  text = { type = "string" }, whole = { type = "integer" }, flag = { type = "boolean" },
  number = { type = "number" }, anything = {}, text_or_null = { type = "string", nullable = true },
  number_or_null = { type = "number", nullable = true }, whole_or_null = { type = "integer", nullable = true },
  -- Yes and no as some columns of the original are.
  digit = { type = "string", enum = { "0", "1" } },
}

local shapes = words(TYPES)
local schema = shapes.schema

function shapes.list(it) return { type = "array", items = schema(it) } end

--- An object by names that are not known before. On this wire an empty one is a list.
function shapes.map(it)
  return { anyOf = { { type = "object", additionalProperties = schema(it) }, shapes.nothing } }
end

--- What a call answers that has nothing to say.
shapes.nothing = { type = "array", maxItems = 0, items = {} }

--- A result that is the whole answer, without the envelope.
function shapes.bare(it)
  it.bare = true
  return it
end

---- parameters of lists

--- limit and offset of a list.
function shapes.paged(limit, most)
  return {
    limit = { type = "integer", summary = "rows at most; default " .. limit, document = { min = 1, max = most, default = limit } },
    offset = { type = "integer", summary = "rows to leave out", document = { min = 0, default = 0 } },
  }
end

--- limit, offset, search and an order, together with `more`.
function shapes.list_params(limit, most, more)
  local params = shapes.paged(limit, most)
  params.search = { max = 255, summary = "text that rows must hold" }
  for name, param in pairs(more or {}) do params[name] = param end
  return params
end

---- calls

local CALL = "start answer src_num src_name dst_num dst_name did linkedid"

--- A running call, and a pair of its channels.
shapes.call = shapes.record(shapes.members(CALL .. " endtime", "text"))
shapes.channels = shapes.record(shapes.members(CALL .. " src_chan dst_chan", "text"))

---- phones and trunks

shapes.peer = shapes.record({ id = "text", state = "text" }, { ["detailed-state"] = "text" })
shapes.registration = shapes.record({ id = "text", state = "text", host = "text", username = "text" })
shapes.secret = shapes.record({ number = "text", secret = "text", username = "text" })
shapes.phone_status = shapes.record({ extension = "text", status = "text" }, {
  callerid = "text", rtt = "number_or_null",
  devices = shapes.list(shapes.record({ ip = "text", port = "whole", user_agent = "text", rtt = "number_or_null",
    country = "text", countryName = "text" })),
})

shapes.trunk_status = shapes.record(shapes.members(
  "id type state stateText stateColor stateDescription host username description contactStatus", "text",
  { lastUpdate = "whole", rtt = "whole_or_null" }), {
  lastChange = "whole_or_null", stateStartTime = "whole_or_null", stateDuration = "whole", successDuration = "whole",
  failureDuration = "whole", lastSuccessTime = "whole_or_null", timeSinceLastSuccess = "whole_or_null",
  rejectionReason = "text",
})
shapes.trunk_row = shapes.record(shapes.members(
  "id represent type description note username host registration_type transport statusClass state search_index", "text",
  { disabled = "flag", port = "whole" }))
shapes.trunk = shapes.record(shapes.members("id type description note username secret host transport registration_type "
  .. "networkfilterid networkfilter_represent manualattributes dtmfmode fromuser fromdomain outbound_proxy cid_source "
  .. "cid_custom_header cid_parser_start cid_parser_end cid_parser_regex did_source did_custom_header did_parser_start "
  .. "did_parser_end did_parser_regex", "text", {
  disabled = "flag", port = "whole", qualify = "anything", qualifyfreq = "whole", disablefromuser = "anything",
  cid_did_debug = "anything", additionalHosts = shapes.list(shapes.record({ id = "text", address = "text" })),
}))
shapes.trunk_states = shapes.record({ sip = shapes.map(shapes.trunk_status), iax = shapes.nothing })
shapes.trunk_switched = shapes.record({ id = "text", type = "text", disabled = "flag", description = "text" })

---- what became of phones and trunks

shapes.phone_history = { anyOf = { shapes.nothing, shapes.record({ extension = "text",
  history = shapes.list(shapes.record(shapes.members(
    "date status previousStatus event_type ip_address user_agent details type country countryName", "text",
    { timestamp = "whole", rtt = "number_or_null" }))),
  pagination = shapes.record(shapes.members("total limit offset returned", "whole")) }) } }
shapes.auth_failures = shapes.map(shapes.record({ count = "whole", last_attempt = "whole", remote_address = "text" }))
shapes.auth_processed = shapes.record({ processed = "whole" }, { extensions = shapes.list("text") })
shapes.phone_statistics = shapes.record({ extension = "text", period_days = "whole", statistics = shapes.record({
  daily_stats = shapes.map(shapes.record(shapes.members("total_checks success_count failure_count rtt_values", "whole",
    { date = "text", availability = "number", avg_rtt = "number_or_null" }))),
  summary = shapes.record(shapes.members("total_checks total_success total_failures rtt_samples", "whole",
    shapes.members("average_rtt min_rtt max_rtt", "number_or_null", { overall_availability = "number" }))),
}) })

local EVENT = shapes.record(shapes.members("date type event details state previousState datetime timeAgo", "text",
  { timestamp = "whole" }))
local LOOKS = shapes.members("totalChecks successCount failureCount", "whole",
  shapes.members("averageRtt minRtt maxRtt", "number_or_null"))
local function looks(more)
  for name, it in pairs(LOOKS) do more[name] = it end
  return shapes.record(more)
end
shapes.trunk_detail = { allOf = { shapes.trunk_status, shapes.record({
  recentEvents = shapes.list(EVENT), statistics = looks({ availability = "number" }), currentProblem = "text_or_null",
  lastUpdateFormatted = "text", lastChangeFormatted = "text", stateStartTimeFormatted = "text",
}) } }
local WHO = shapes.record({ uniqid = "text" },
  shapes.members("type description host username", "text", { disabled = "flag" }))
shapes.trunk_history = shapes.record({ provider = WHO, events = shapes.list(EVENT), count = "whole", limit = "whole" },
  { message = "text", totalAvailable = "whole", statistics = "anything" })
shapes.trunk_statistics = shapes.record({ provider = WHO,
  aggregated = looks({ period = "whole", avgAvailability = "number", sla = shapes.record({ achieved = "number",
    name = "text", allowedDowntime = "whole", meets = "flag" }) }),
  daily = shapes.list(looks({ date = "text", availability = "number" })),
  period = shapes.record({ start = "text", ["end"] = "text", days = "whole" }) })

---- queues and rooms

shapes.room = shapes.record(shapes.members("id name extension pinCode description represent", "text"))
shapes.callqueue = shapes.record(shapes.members("id name extension description strategy seconds_to_ring_each_member "
  .. "seconds_for_wrapup caller_hear periodic_announce_sound_id timeout_extension timeout_extension_represent "
  .. "redirect_to_extension_if_empty redirect_to_extension_if_empty_represent represent", "text", {
  recive_calls_while_on_a_call = "flag", announce_position = "flag", announce_hold_time = "flag",
  periodic_announce_frequency = "whole", timeout_to_redirect_to_extension = "whole",
  members = shapes.list(shapes.record({ extension = "text", represent = "text" })),
}))

---- menus, applications, times and sounds

local MENU = "id name extension description timeout_extension timeout_extension_represent represent search_index"
shapes.menu = shapes.record(shapes.members(MENU .. " audio_message_id audio_message_id_represent", "text", {
  timeout = "whole", number_of_repeat = "whole", allow_enter_any_internal_extension = "flag",
  actions = shapes.list(shapes.record(shapes.members("id digits extension extension_represent", "text"))),
}))
shapes.menu_row = shapes.record(shapes.members(MENU .. " timeoutExtensionRepresent", "text", {
  timeout = "whole", number_of_repeat = "whole",
  actions = shapes.list(shapes.record(shapes.members("digits represent", "text"))),
}))
shapes.application = shapes.record(shapes.members(
  "id name extension description type hint applicationlogic represent search_index", "text"))
shapes.off_work = shapes.record(shapes.members("id name description calType date_from date_to weekday_from weekday_to "
  .. "time_from time_to calUrl calUser calSecret action extension extension_represent audio_message_id "
  .. "audio_message_id_represent search_index", "text", { priority = "whole", allowRestriction = "flag",
  allowedExtensions = shapes.nothing, incomingRouteIds = shapes.list("whole") }))
shapes.off_work_row = shapes.record(shapes.members("id name description shot_description calType date_from date_to "
  .. "weekday_from weekday_to time_from time_to action actionDisplay extension audio_message_id search_index", "text", {
  priority = "whole", allowRestriction = "flag",
  calendarPeriods = shapes.list(shapes.record(shapes.members("icon text type", "text"))) }))
shapes.sound = shapes.record(shapes.members("id name description path category duration", "text", { fileSize = "whole" }))

---- network filters and settings

shapes.network_filter = shapes.record(shapes.members("id network permit deny description represent search_index", "text",
  { subnet = "whole", newer_block_ip = "flag", local_network = "flag", rules = { type = "object" } }))
shapes.network_filter_row = shapes.record(shapes.members("id permit description represent search_index", "text",
  { active_rules = "whole" }))

---- people

shapes.employee = shapes.record(shapes.members("id user_username user_email user_avatar number sip_secret sip_username sip_dtmfmode "
  .. "sip_transport sip_manualattributes sip_networkfilterid sip_networkfilterid_represent mobile_number mobile_dialstring "
  .. "fwd_forwarding fwd_forwarding_represent fwd_forwardingonbusy fwd_forwardingonbusy_represent "
  .. "fwd_forwardingonunavailable fwd_forwardingonunavailable_represent", "text",
  { extensions_length = "whole", fwd_ringlength = "whole", sip_enableRecording = "flag" }))
shapes.employee_list = shapes.record({ recordsTotal = "whole", recordsFiltered = "whole",
  data = shapes.list(shapes.record(shapes.members("number user_username user_email mobile avatar", "text",
    { id = "whole", disabled = "flag" }))) })
shapes.batch = shapes.record({ mode = "text",
  results = shapes.list(shapes.record({ index = "whole", status = "text", errors = shapes.list("text"),
    data = { anyOf = { shapes.employee, shapes.nothing } } })),
  stats = shapes.record({ total = "whole", validated = "whole", created = "whole", failed = "whole",
    errors = shapes.list("text") }) })
shapes.import_preview = shapes.record(shapes.members("total valid duplicates errors warnings", "whole", { uploadId = "text",
  headers = shapes.list("text"), preview = shapes.list(shapes.record(shapes.members(
    "number user_username user_email mobile_number status", "text", { row = "whole", errors = shapes.list("text") }))) }))
shapes.imported = shapes.record(shapes.members("total toImport imported skipped", "whole",
  { jobId = "text", channelId = "text", errors = shapes.list("text") }))
shapes.deleted = shapes.record({ deleted_id = "text" })

shapes.extension = shapes.record(shapes.members("id number type callerid", "text"))
shapes.choice = shapes.record(shapes.members("name text value type typeLocalized", "text"))
shapes.represented = shapes.record({ number = "text", represent = "text" })
shapes.available = shapes.record({ available = "flag" }, { userId = "text", represent = "text" })

shapes.incoming_route = shapes.record(shapes.members("id rulename number provider extension note providerName providerType "
  .. "extensionName extensionRepresent", "text", { priority = "whole", timeout = "whole", audio_message_id = "anything",
  providerDisabled = "flag" }))
shapes.outbound_route = shapes.record(shapes.members("id rulename providerid numberbeginswith prepend note "
  .. "providerid_represent provider_type represent", "text", { priority = "whole", restnumbers = "whole", trimfrombegin = "whole",
  provider_disabled = "flag" }))
shapes.reordered = shapes.record({ updated = "whole", message = "text" })

---- keys

local PATHS = { anyOf = { { type = "object", additionalProperties = { type = "string" } }, shapes.nothing } }

shapes.api_key = shapes.record(shapes.members("id description networkfilterid key_display networkfilter_represent", "text", {
  full_permissions = "flag", allowed_paths = PATHS, has_key = "flag", allowed_paths_count = "whole", has_network_filter = "flag",
}), { created_at = "text", last_used_at = "text", key = "text" })
shapes.api_key_row = shapes.record(shapes.members("id description represent created_at last_used_at key_display", "text", {
  allowed_paths_count = "whole", has_network_filter = "flag", has_key = "flag", full_permissions = "flag",
}))
shapes.key = shapes.record({ key = "text" })

shapes.token = shapes.record({ accessToken = "text", tokenType = "text", expiresIn = "whole" },
  { login = "text", homePage = "text" })
shapes.message = shapes.record({ message = "text" })

---- call records

shapes.leg = shapes.record(shapes.members("start endtime answer src_chan src_num src_name dst_chan dst_num dst_name UNIQUEID "
  .. "linkedid did disposition recordingfile from_account to_account dialstatus appname src_call_id dst_call_id "
  .. "verbose_call_id rec_src_channel dtmf_digits playback_url download_url", "text",
  { id = "whole", transfer = "digit", is_app = "digit", work_completed = "digit", duration = "whole", billsec = "whole" }))
shapes.whole_call = shapes.record(shapes.members("linkedid start src_num src_name dst_num dst_name did disposition", "text",
  { totalDuration = "whole", totalBillsec = "whole", records = shapes.list(shapes.leg) }))
shapes.records = shapes.record({
  records = { type = "array", items = { anyOf = { shapes.leg, shapes.whole_call } } },
  pagination = shapes.record({ total = "whole", limit = "whole", offset = "whole", hasMore = "flag", lastId = "whole_or_null" }),
})
shapes.records_span = shapes.record({ earliestDate = "text_or_null", latestDate = "text_or_null", hasRecords = "flag",
  sampleSize = "whole" })

shapes.provider_calls = shapes.record(shapes.members("provider providerName direction", "text",
  shapes.members("totalCalls answeredCalls totalDuration totalBillsec", "whole")))
shapes.records_gone = shapes.record({ id = "text", linkedid = "anything", recordingDeleted = "flag", linkedRecordsDeleted = "whole" })

--- Types of recordings.
shapes.SOUND = { "audio/wav", "audio/mpeg", "application/octet-stream", "*/*" }

---- the envelope

local function either(...) return { anyOf = { ... } } end

local META = shapes.record({ timestamp = "text", hash = "text" })
-- Lists of texts by their kind, texts by field, or a bare list.
local MESSAGES = either({ type = "object", additionalProperties = either(shapes.list("text"), { type = "object" }) },
  shapes.list("text"))

--- What stands around the data of an answer. The older API refuses with 200 and no data.
function shapes.envelope(data, older)
  local members = { result = "flag", data = data and next(data) and (older and either(data, shapes.nothing) or data) or {}, messages = MESSAGES, processor = "text",
    pid = "whole", meta = META }
  members["function"] = "text"
  if older then members.jsonapi = shapes.record({ version = "text" }) end
  return shapes.record(members, { httpCode = "whole", reload = "text" })
end

--- A refusal of v3: the envelope, what unknown paths answer, or validateToken's one word.
shapes.refusal = either(shapes.record({ messages = MESSAGES, meta = META },
  { result = "flag", success = "flag", data = "anything", processor = "text", pid = "whole", httpCode = "whole" }),
  shapes.record({ error = "text" }))

--- A refusal of the older API.
shapes.older_refusal = shapes.record({ jsonapi = shapes.record({ version = "text" }), meta = META },
  { errors = shapes.list("text"), result = "flag", messages = MESSAGES })

return shapes
