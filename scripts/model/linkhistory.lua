-- Phones and trunks over time: their state now, each change of it, and how often they were well.
local calls = require "calls"
local contact_of = require "model.contact"
local merged = require("lib.value").merged
local moment = require "lib.moment"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"

local linkhistory = {}

local DAY = 86400
-- A look in so many seconds counts for the statistics.
local EVERY = 300
local KEPT_DAYS, KEPT_CHANGES = 30, 1000
linkhistory.KEPT_DAYS = KEPT_DAYS

local GOOD = { Available = true, registered = true, OK = true }

--- Whether a state word is a good one.
function linkhistory.is_good(state) return GOOD[state] == true end

---- now

-- The contact that says most of an endpoint: one that answers before one that does not.
local function contacts()
  local found = {}
  for _, it in ipairs(calls.contacts()) do
    local before = found[it.endpoint]
    if not before or contact_of.there(it.status) and not contact_of.there(before.status) then found[it.endpoint] = it end
  end
  return found
end

local function registrations()
  local found = {}
  for _, it in ipairs(calls.registrations()) do found[(it.id:gsub("^REG%-", ""))] = it.state:lower() end
  return found
end

local function phone_state(contact)
  if not contact then return "Unavailable" end
  if contact_of.there(contact.status) then return "Available" end
  return contact_of.state(contact.status) == "unreachable" and "Unavailable" or "Unknown"
end

local function trunk_state(contact, registration)
  if registration then return registration end
  if not contact then return "UNKNOWN" end
  if contact_of.there(contact.status) then return "OK" end
  return contact_of.state(contact.status) == "unreachable" and "unreachable" or "UNKNOWN"
end

local function rtt_of(contact)
  return contact and contact.rtt_us and math.floor(contact.rtt_us / 10 + 0.5) / 100 or nil
end

-- Names and what they are now.
local function look()
  local by_name, by_registration, list = contacts(), registrations(), {}
  local function add(kind, name, state)
    local contact = by_name[name]
    list[#list + 1] = { kind = kind, name = name, state = state, rtt = rtt_of(contact),
      address = contact and contact.ip ~= "" and ("%s:%d"):format(contact.ip, contact.port) or nil,
      agent = contact and contact.user_agent or nil }
  end
  local rows, err = store.query("SELECT ex_tech_id FROM ex_extensions WHERE ex_tech = 'PJSIP' AND ex_tech_id <> ''",
    {}, { rows = 1000000 })
  if not rows then return nil, err end
  for _, name in ipairs(rows:column("ex_tech_id")) do add("phone", name, phone_state(by_name[name])) end
  rows, err = store.query([[SELECT pr_peername FROM pr_providers WHERE pr_tech = 'PJSIP' AND pr_peername <> ''
    AND coalesce(pr_disabled, '') NOT IN ('on', 'yes', '1')]], {}, { rows = 100000 })
  if not rows then return nil, err end
  for _, name in ipairs(rows:column("pr_peername")) do
    add("trunk", name, trunk_state(by_name[name], by_registration[name]))
  end
  return list
end

local function known()
  local rows, err = store.query("SELECT lk_kind, lk_name, lk_state, lk_checked FROM lk_links", {}, { rows = 1000000 })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do found[row.lk_kind .. ":" .. row.lk_name] = row end
  return found
end

---- keeping

local function put(tx, table_name, values, where, there)
  local text, params
  if there then
    text, params = sql.update(table_name, values, where)
  else
    text, params = sql.insert(table_name, merged(values, where))
  end
  return tx:exec(text, params)
end

local function note_change(tx, it, before, now)
  local text, params = sql.insert("lh_linkhistory", {
    lh_kind = it.kind, lh_name = it.name, lh_time = now, lh_state = it.state,
    lh_previous = before and before.lk_state or "", lh_address = it.address,
    lh_agent = it.agent and it.agent:sub(1, 190), lh_rtt = it.rtt,
  })
  local done, err = tx:exec(text, params)
  if not done then return nil, err end
  local last
  last, err = tx:value([[SELECT lh_id FROM lh_linkhistory WHERE lh_kind = ? AND lh_name = ?
    ORDER BY lh_id DESC LIMIT 1 OFFSET ]] .. KEPT_CHANGES, { it.kind, it.name })
  if err or not last then return not err, err end
  return tx:exec("DELETE FROM lh_linkhistory WHERE lh_kind = ? AND lh_name = ? AND lh_id <= ?",
    { it.kind, it.name, last })
end

local function note_check(tx, it, now)
  local where = { ld_kind = it.kind, ld_name = it.name, ld_day = now:sub(1, 10) }
  local row, err = tx:row("SELECT * FROM ld_linkdays WHERE ld_kind = ? AND ld_name = ? AND ld_day = ?",
    { it.kind, it.name, where.ld_day })
  if err then return nil, err end
  local day = row or { ld_checks = 0, ld_good = 0, ld_rtts = 0, ld_rttsum = 0 }
  return put(tx, "ld_linkdays", {
    ld_checks = day.ld_checks + 1, ld_good = day.ld_good + (GOOD[it.state] and 1 or 0),
    ld_rtts = day.ld_rtts + (it.rtt and 1 or 0), ld_rttsum = day.ld_rttsum + (it.rtt or 0),
    ld_rttmin = it.rtt and math.min(day.ld_rttmin or it.rtt, it.rtt) or day.ld_rttmin,
    ld_rttmax = it.rtt and math.max(day.ld_rttmax or it.rtt, it.rtt) or day.ld_rttmax,
  }, where, row ~= nil)
end

local function keep(tx, it, before, now, due)
  local changed = not before or before.lk_state ~= it.state
  if not changed and not due then return true end
  local values = { lk_state = it.state }
  if changed then values.lk_since = now end
  if GOOD[it.state] then values.lk_good = now end
  if due then values.lk_checked = now end
  local done, err = put(tx, "lk_links", values, { lk_kind = it.kind, lk_name = it.name }, before ~= nil)
  if not done then return nil, err end
  if changed then
    done, err = note_change(tx, it, before, now)
    if not done then return nil, err end
  end
  if not due then return true end
  return note_check(tx, it, now)
end

--- Looks at all phones and trunks and keeps what has changed. A look counts for the statistics when the last
--- one that did is long enough ago.
function linkhistory.observe()
  local list, err = look()
  if not list then return nil, err end
  local before
  before, err = known()
  if not before then return nil, err end
  local now, limit = moment.now(), moment.now(10 - EVERY)
  return store.transaction(function(tx)
    for _, it in ipairs(list) do
      local row = before[it.kind .. ":" .. it.name]
      local due = not row or not row.lk_checked or row.lk_checked <= limit
      local done, failed = keep(tx, it, row, now, due)
      if not done then return nil, failed end
    end
    return true
  end)
end

--- Forgets what is older than is kept, and what is of no phone or trunk any more.
function linkhistory.prune()
  local before = moment.now(-KEPT_DAYS * DAY)
  return store.transaction(function(tx)
    for _, it in ipairs({
      { "DELETE FROM lh_linkhistory WHERE lh_time < ?", { before } },
      { "DELETE FROM ld_linkdays WHERE ld_day < ?", { before:sub(1, 10) } },
        { [[DELETE FROM lk_links WHERE lk_kind = 'phone'
        AND lk_name NOT IN (SELECT ex_tech_id FROM ex_extensions WHERE ex_tech_id IS NOT NULL)]], {} },
      { [[DELETE FROM lk_links WHERE lk_kind = 'trunk'
        AND lk_name NOT IN (SELECT pr_peername FROM pr_providers WHERE pr_peername IS NOT NULL)]], {} },
    }) do
      local done, err = tx:exec(it[1], it[2])
      if not done then return nil, err end
    end
    return true
  end)
end

---- reading

--- State now: {state, since, good, checked}; nil when it never was looked at.
function linkhistory.state(kind, name)
  return store.row([[SELECT lk_state AS state, lk_since AS since, lk_good AS good, lk_checked AS checked
    FROM lk_links WHERE lk_kind = ? AND lk_name = ?]], { kind, name })
end

--- Changes, the newest first, and how many there are.
function linkhistory.changes(kind, name, limit, offset)
  local total, err = store.value("SELECT count(*) FROM lh_linkhistory WHERE lh_kind = ? AND lh_name = ?", { kind, name })
  if err then return nil, err end
  local rows
  rows, err = store.query([[SELECT lh_time AS "time", lh_state AS state, lh_previous AS previous,
    lh_address AS address, lh_agent AS agent, lh_rtt AS rtt FROM lh_linkhistory
    WHERE lh_kind = ? AND lh_name = ? ORDER BY lh_id DESC LIMIT ? OFFSET ?]], { kind, name, limit, offset or 0 })
  if not rows then return nil, err end
  return rows:list(), nil, total
end

--- Looks by day, the last `count` days: rows {day, checks, good, rtts, rttsum, rttmin, rttmax}.
function linkhistory.days(kind, name, count)
  local rows, err = store.query([[SELECT ld_day AS day, ld_checks AS checks, ld_good AS good, ld_rtts AS rtts,
    ld_rttsum AS rttsum, ld_rttmin AS rttmin, ld_rttmax AS rttmax FROM ld_linkdays
    WHERE ld_kind = ? AND ld_name = ? AND ld_day > ? ORDER BY ld_day]],
    { kind, name, time.format("%Y-%m-%d", time.now() - count * DAY) })
  if not rows then return nil, err end
  return rows:list()
end

return linkhistory
