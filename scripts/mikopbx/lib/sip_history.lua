-- What became of a phone, as /sip tells it.
local authfailure = require "model.authfailure"
local json = require "json"
local linkhistory = require "model.linkhistory"
local reply = require "lib.reply"
local peer = require "model.peer"
local store = require "store"
local time = require "time"

local history = {}

local function clamp(value, low, high, default)
  local number = tonumber(value)
  if not number then return default end
  return math.max(low, math.min(math.floor(number), high))
end
history.clamp = clamp

local function name_of(ctx, number) return peer.name(number, ctx.tenant.code) end

-- The id of an extension.
local function find(ctx, number)
  -- by hand: one number, before its history is asked
  local id, err = store.value("SELECT ex_id FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?",
    { ctx.tenant.id, number })
  if id or err then return id, err end
  return nil, { code = "not_found", status = 422, message = "Extension not found or status unavailable" }
end

local TYPES = { Available = "success", Unavailable = "warning" }

local function entry(it)
  return json.ordered("timestamp", math.floor(time.parse(it.time) or 0), "date", it.time, "status", it.state,
    "previousStatus", it.previous, "event_type", it.previous == "" and "first_seen" or "status_change",
    "ip_address", it.address and it.address:match("^(.*):%d+$") or "", "user_agent", it.agent or "",
    "rtt", it.rtt or json.null, "details", it.previous == "" and it.state or it.previous .. " -> " .. it.state,
    "type", TYPES[it.state] or "info", "country", "", "countryName", "")
end

--- The changes of a phone, the newest first.
function history.changes(ctx, number, values)
  local ok, err = find(ctx, number)
  if not ok then return nil, err end
  local limit, offset = clamp(values.limit, 1, 200, 50), clamp(values.offset, 0, 2 ^ 31, 0)
  local list, total
  list, err, total = linkhistory.changes("phone", name_of(ctx, number), limit, offset)
  if not list then return nil, err end
  if total == 0 then
    return reply.of(json.array({}), { messages = { info = { "No history for extension " .. number } } })
  end
  local out = json.array({})
  for i, it in ipairs(list) do out[i] = entry(it) end
  return json.ordered("extension", number, "history", out, "pagination",
    json.ordered("total", total, "limit", limit, "offset", offset, "returned", #out))
end

local function percent(good, all) return all > 0 and math.floor(good * 10000 / all + 0.5) / 100 or 0 end

local function rounded(value) return value and math.floor(value * 100 + 0.5) / 100 or json.null end

local function average(sum, count) return count > 0 and rounded(sum / count) or json.null end

--- Sums of days: {checks, good, rtts, rttsum, rttmin, rttmax}.
function history.sum(days)
  local all = { checks = 0, good = 0, rtts = 0, rttsum = 0 }
  for _, day in ipairs(days) do
    for _, name in ipairs({ "checks", "good", "rtts", "rttsum" }) do all[name] = all[name] + day[name] end
    all.rttmin = day.rttmin and math.min(all.rttmin or day.rttmin, day.rttmin) or all.rttmin
    all.rttmax = day.rttmax and math.max(all.rttmax or day.rttmax, day.rttmax) or all.rttmax
  end
  return all
end
history.percent, history.average, history.rounded = percent, average, rounded

--- How often a phone was well, by day and in all.
function history.statistics(ctx, number, values)
  local ok, err = find(ctx, number)
  if not ok then return nil, err end
  local count = clamp(values.days, 1, 30, 7)
  local days
  days, err = linkhistory.days("phone", name_of(ctx, number), count)
  if not days then return nil, err end
  local daily = {}
  for _, day in ipairs(days) do
    daily[day.day] = json.ordered("date", day.day, "availability", percent(day.good, day.checks),
      "total_checks", day.checks, "success_count", day.good, "failure_count", day.checks - day.good,
      "avg_rtt", average(day.rttsum, day.rtts), "rtt_values", day.rtts)
  end
  local all = history.sum(days)
  return json.ordered("extension", number, "period_days", count, "statistics", json.ordered(
    "daily_stats", next(daily) and json.object(daily) or json.array({}),
    "summary", json.ordered("total_checks", all.checks, "total_success", all.good,
      "total_failures", all.checks - all.good, "overall_availability", percent(all.good, all.checks),
      "average_rtt", average(all.rttsum, all.rtts), "min_rtt", rounded(all.rttmin), "max_rtt", rounded(all.rttmax),
      "rtt_samples", all.rtts)))
end

---- wrong passwords

local function none(number)
  return reply.of(json.array({}), { messages = { info = { "No authentication failures for extension " .. number } } })
end

--- Wrong passwords of a phone, by the address they came from.
function history.auth_failures(ctx, number)
  local id, err = find(ctx, number)
  if not id then return nil, err end
  local list
  list, err = authfailure.of(id)
  if not list then return nil, err end
  if #list == 0 then return none(number) end
  local found = {}
  for _, it in ipairs(list) do
    found[it.address] = json.ordered("count", it.count, "last_attempt", math.floor(time.parse(it.last) or 0),
      "remote_address", it.remote)
  end
  return json.object(found)
end

--- Forgets them.
function history.clear_auth_failures(ctx, number)
  local id, err = find(ctx, number)
  if not id then return nil, err end
  local done
  done, err = authfailure.clear(id)
  if not done then return nil, err end
  return json.array({})
end

--- Whose passwords were wrong since this was asked last. They are counted as they happen.
function history.process_auth_failures(ctx)
  local numbers, err = authfailure.take_new(ctx)
  if not numbers then return nil, err end
  return json.ordered("processed", #numbers, "extensions", #numbers > 0 and json.array(numbers) or nil)
end

return history
