-- What became of a trunk, as /sip-providers and /providers tell it.
local history = require "mikopbx.lib.sip_history"
local json = require "json"
local linkhistory = require "model.linkhistory"
local moment = require "lib.moment"
local time = require "time"
local trunk_status = require "mikopbx.lib.trunk_status"

local trunk_history = {}

local function epoch(text) return text and math.floor(time.parse(text) or 0) or nil end

-- An inbound trunk has capitals, as in its state.
local function word(it, state)
  if it.registration_type ~= "inbound" then return state end
  return state == "OK" and "REGISTERED" or "UNREGISTERED"
end

local UNITS = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } }

local function ago(seconds)
  for _, unit in ipairs(UNITS) do
    local count = math.floor(seconds / unit[1])
    if count > 0 then return ("%d %s%s ago"):format(count, unit[2], count > 1 and "s" or "") end
  end
  return "just now"
end

local BAD = { rejected = true, unreachable = true }

local function event(it, row, now)
  local at, good = epoch(row.time) or 0, linkhistory.is_good(row.state)
  local kind = good and "success" or BAD[row.state] and "error" or row.previous == "" and "info" or "warning"
  local state, previous = word(it, row.state), row.previous ~= "" and word(it, row.previous) or ""
  return json.ordered("timestamp", at, "date", row.time, "type", kind,
    "event", row.previous == "" and "first_seen" or "state_change",
    "details", previous == "" and state or previous .. " -> " .. state, "state", state,
    "previousState", previous, "datetime", row.time, "timeAgo", ago(now - at))
end

local function events_of(it, limit)
  local list, err, total = linkhistory.changes("trunk", it.peer, limit)
  if not list then return nil, err end
  local now, out = time.now(), json.array({})
  for i, row in ipairs(list) do out[i] = event(it, row, now) end
  return out, nil, total, list
end

local function statistics_of(it)
  local days, err = linkhistory.days("trunk", it.peer, linkhistory.KEPT_DAYS)
  if not days then return nil, err end
  local all = history.sum(days)
  return json.ordered("totalChecks", all.checks, "successCount", all.good, "failureCount", all.checks - all.good,
    "availability", history.percent(all.good, all.checks), "averageRtt", history.average(all.rttsum, all.rtts),
    "maxRtt", history.rounded(all.rttmax), "minRtt", history.rounded(all.rttmin))
end

-- Since when it is what it is, and when it last was well.
local function add_times(status, row)
  local now = math.floor(time.now())
  local since, good = epoch(row.since), epoch(row.good)
  status.lastChange, status.stateStartTime = since, since
  status.stateDuration = since and math.max(0, now - since) or 0
  if linkhistory.is_good(row.state) then
    status.successDuration = status.stateDuration
  else
    status.failureDuration = status.stateDuration
    status.lastSuccessTime = good or json.null
    status.timeSinceLastSuccess = good and now - good or json.null
    if row.state == "rejected" then status.rejectionReason = "the provider refuses the registration" end
  end
end

--- The status of `:getStatuses` with the times of its state.
function trunk_history.status(it)
  local status = trunk_status.of(it)
  local row, err = linkhistory.state("trunk", it.peer)
  if err then return nil, err end
  if row then add_times(status, row) end
  return status
end

local function formatted(at) return at and moment.text(at) or "" end

--- The status of `{id}:getStatus`: with what happened and how often it was well.
function trunk_history.detail(it)
  local status, err = trunk_history.status(it)
  if not status then return nil, err end
  status.recentEvents, err = events_of(it, 10)
  if not status.recentEvents then return nil, err end
  status.statistics, err = statistics_of(it)
  if not status.statistics then return nil, err end
  local good = status.state == "OFF" or linkhistory.is_good(status.state:lower()) or status.state == "OK"
  status.currentProblem = good and json.null or status.stateText
  status.lastUpdateFormatted = formatted(status.lastUpdate)
  status.lastChangeFormatted = formatted(status.lastChange)
  status.stateStartTimeFormatted = formatted(status.stateStartTime)
  return status
end

local function who(it)
  return json.ordered("uniqid", it.id, "type", "SIP", "description", it.description, "host", it.host,
    "username", it.username, "disabled", it.disabled)
end

local function counted(it, rows)
  local states, errors, recoveries = {}, 0, 0
  for _, row in ipairs(rows) do
    local state = word(it, row.state)
    states[state] = (states[state] or 0) + 1
    if linkhistory.is_good(row.state) then
      if row.previous ~= "" and not linkhistory.is_good(row.previous) then recoveries = recoveries + 1 end
    elseif row.previous ~= "" then
      errors = errors + 1
    end
  end
  local from, to = epoch(rows[#rows].time) or 0, epoch(rows[1].time) or 0
  return json.ordered("totalEvents", #rows, "stateChanges", #rows, "errors", errors, "recoveries", recoveries,
    "states", json.object(states), "timeRange", json.ordered("from", from, "to", to, "duration", to - from))
end

--- The changes of a trunk; of an unknown id none, as the original.
function trunk_history.changes(it, id, values)
  local limit = history.clamp(values.limit, 1, 1000, 100)
  local none = "No history for this provider"
  if not it then
    return json.ordered("provider", { uniqid = id }, "events", json.array({}), "count", 0, "limit", limit,
      "message", none)
  end
  local out, err, total, rows = events_of(it, limit)
  if not out then return nil, err end
  if #out == 0 then
    return json.ordered("provider", who(it), "events", out, "count", 0, "limit", limit, "message", none)
  end
  return json.ordered("provider", who(it), "events", out, "count", #out, "limit", limit,
    "statistics", counted(it, rows), "totalAvailable", total)
end

-- Nines of availability, the best first.
local LEVELS = { { 99.99, "99.99%" }, { 99.9, "99.9%" }, { 99, "99%" }, { 95, "95%" } }

local function level_of(availability, seconds)
  for _, level in ipairs(LEVELS) do
    if availability >= level[1] then
      return json.ordered("achieved", availability, "name", level[2],
        "allowedDowntime", math.floor(seconds * (100 - level[1]) / 100), "meets", true)
    end
  end
  return json.ordered("achieved", availability, "name", "", "allowedDowntime", 0, "meets", false)
end

--- How often a trunk was well, by day and in all.
function trunk_history.statistics(it, values)
  local count = history.clamp(values.days, 1, linkhistory.KEPT_DAYS, 7)
  local days, err = linkhistory.days("trunk", it.peer, count)
  if not days then return nil, err end
  local daily = json.array({})
  for i, day in ipairs(days) do
    daily[i] = json.ordered("date", day.day, "availability", history.percent(day.good, day.checks),
      "totalChecks", day.checks, "successCount", day.good, "failureCount", day.checks - day.good,
      "averageRtt", history.average(day.rttsum, day.rtts), "minRtt", history.rounded(day.rttmin),
      "maxRtt", history.rounded(day.rttmax))
  end
  local all, now = history.sum(days), time.now()
  local availability = history.percent(all.good, all.checks)
  return json.ordered("provider", who(it), "aggregated", json.ordered("period", count,
      "avgAvailability", availability, "totalChecks", all.checks, "successCount", all.good,
      "failureCount", all.checks - all.good, "averageRtt", history.average(all.rttsum, all.rtts),
      "minRtt", history.rounded(all.rttmin), "maxRtt", history.rounded(all.rttmax),
      "sla", level_of(availability, count * 86400)),
    "daily", daily, "period", json.ordered("start", time.format("%Y-%m-%d", now - (count - 1) * 86400),
      "end", time.format("%Y-%m-%d", now), "days", count))
end

return trunk_history
