-- Jobs that run at a time; run = yes asks for one run now. A run is a call to the job's destinations.
local ami = require "ami"
local cron = require "lib.cron"
local log = require "log"
local moment = require "lib.moment"
local object = require "engine.object"
require "model.lookup"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"

local FIELDS = { "minute", "hour", "day", "month", "weekday", "year" }
-- A job that would never run is not taken.
local function field(name)
  local regex, low, high = cron.regex(name)
  return { max = 80, regex = regex, whole = { low, high }, check = function(text)
    return not cron.valid(name, text) and "not a time: " .. text or nil
  end }
end

local function known(zone) return not time.known_zone(zone) and "unknown: " .. zone or nil end

local cronjob = object {
  name = "cronjob", title = "Cron job", summary = "Something done at a time.",
  paths = { "cron_job", "cron_jobs" },
  table = "cr_cronjobs", id = "cr_id", tenant = "cr_te_id", label = "cr_name",
  scope = "tenant+global",
  required = { "cr_name" },
  example = { name = "Nightly", minute = "0", hour = "3" },
  columns = {
    cr_minute = field "minute", cr_hour = field "hour", cr_day = field "day", cr_month = field "month",
    cr_weekday = field "weekday", cr_year = field "year", cr_timezone = { pattern = "[%w_/+-]*", check = known },
    cr_run = { on = "yes", off = "", enum = { "yes", "on", "no", "" } },
  },
  readonly = { "cr_laststarted", "cr_lastended", "cr_lastping", "cr_pid" },
  references = { node = { "cr_no_id" } },
  aliases = {
    name = "cr_name", run = "cr_run", type = "cr_type", active = "cr_active", once = "cr_once",
    minute = "cr_minute", hour = "cr_hour", day = "cr_day", month = "cr_month", year = "cr_year",
    weekday = "cr_weekday", timezone = "cr_timezone", node_id = "cr_no_id",
  },
  destinations = { CRONJOB = { "destination", "cronjob" } },
}

-- A column that nobody set is on.
local JOBS = [[SELECT cr_id, cr_name, cr_minute, cr_hour, cr_day, cr_month, cr_weekday, cr_year, cr_run,
  cr_once, coalesce(cr_laststarted, '') AS started, coalesce(cr_active, 'on') AS active, te_code, no_name,
  coalesce(nullif(cr_timezone, ''), nullif(te_timezone, '')) AS zone,
  EXISTS (SELECT 1 FROM de_destinations WHERE de_type_src = 'CRONJOB' AND de_type_id_src = cr_id) AS leads
  FROM cr_cronjobs LEFT JOIN te_tenants ON te_id = cr_te_id LEFT JOIN no_nodes ON no_id = cr_no_id]]

local function is_on(text) return text == "on" or text == "yes" or text == "1" end

local function asked(row) return row.cr_run == "yes" or row.cr_run == "on" end

local function due(row)
  if asked(row) then return true end
  -- Once a minute, whoever looks how often.
  if not is_on(row.active) or row.started >= time.format("%Y-%m-%d %H:%M:00") then return false end
  local zone = row.zone and time.known_zone(row.zone) and row.zone or nil
  local now, fields = {}, {}
  local parts = time.format("%M %H %d %m %w %Y", nil, zone):gmatch("%d+")
  for _, name in ipairs(FIELDS) do
    now[name], fields[name] = tonumber(parts()), row["cr_" .. name]
  end
  return cron.due(fields, now)
end

-- True when this host, and no other at the same store, is to run it.
local function claim(row)
  local values = { cr_laststarted = moment.now(), cr_run = "" }
  if is_on(row.cr_once) and not asked(row) then values.cr_active = "" end
  local text, params = sql.update("cr_cronjobs", values, { cr_id = row.cr_id })
  params[#params + 1], params[#params + 2] = row.started, row.cr_run or ""
  local done, err = store.write(text
    .. " AND coalesce(cr_laststarted, '') = ? AND coalesce(cr_run, '') = ?", params)
  if not done then return nil, err end
  return done.changes == 1
end

local function call(row)
  -- A job without destinations has nothing to do.
  if row.leads ~= 1 then return true end
  local _, err = ami.action("Originate", {
    Channel = ("Local/%d@cronjob/n"):format(row.cr_id), Application = "Wait", Data = "86400",
    Timeout = 3600000, CallerID = ('"%s" <>'):format((row.cr_name:gsub("[^%w _.-]", ""))),
    Variable = { TENANT = row.te_code or "" },
  }, { node = row.no_name })
  -- Without an answer it may ring: once more would be twice.
  return err == nil or err.code == "timeout", err
end

local function run(row)
  local ours, err = claim(row)
  if not ours then return err == nil, err end
  local done
  done, err = call(row)
  -- What was asked for is not forgotten while no PBX is there.
  local values = done and { cr_lastended = moment.now() } or asked(row) and { cr_run = row.cr_run }
  if values then
    local text, params = sql.update("cr_cronjobs", values, { cr_id = row.cr_id })
    local written, failed = store.write(text, params)
    if not written then return nil, failed end
  end
  if done then log.info("cron job", { id = row.cr_id, tenant = row.te_code }) end
  return done, err
end

--- Runs what is due now. Returns true, or nil and the last error.
function cronjob.run_due()
  local rows, err = store.query(JOBS, {}, { rows = 1000000 })
  if not rows then return nil, err end
  local last
  for row in rows:each() do
    if due(row) then
      local done, failed = run(row)
      if not done then last = failed end
    end
  end
  if last then return nil, last end
  return true
end

return cronjob
