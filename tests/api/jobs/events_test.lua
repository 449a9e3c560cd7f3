-- What a job is given of the manager's events, and what becomes of one that fails.
local cache = require "cache"

local function heard() return cache.get("heard") or "" end

-- One of status's jobs.
local function state_of(t, name)
  for _, it in ipairs(t.http:get("/healthz").json.jobs) do
    if it.job == name then return it end
  end
end

test("every event of a burst comes once, in order, with its fields", function(t)
  cache.remove("heard")
  local expected = {}
  for n = 1, 300 do
    t.ami:event("UserEvent", { UserEvent = "Burst", Number = tostring(n) })
    expected[n] = ("Burst:%d:srv01"):format(n)
  end
  t.eventually(function() return heard():find("Burst:300:", 1, true) end)
  t.equal(heard(), table.concat(expected, " ") .. " ")
end)

test("a job that raises is logged once, tried again with its events, and shown", function(t)
  cache.remove("heard")
  t.log:expect("stumbled over 1")
  t.ami:event("UserEvent", { UserEvent = "Stumble", Number = "1" })
  t.ami:event("UserEvent", { UserEvent = "Stumble", Number = "2" })
  t.eventually(function() return heard():find("Stumble:2:", 1, true) end)
  t.equal(heard(), "Stumble:1:srv01 Stumble:2:srv01 ")
  local it = t.eventually(function()
    local now = state_of(t, "collector")
    return now.state == "waiting" and now
  end)
  t.equal(it.file, "jobs/collector.lua")
  t.equal(it.failures_in_a_row, 0)
  t.truthy(it.failures >= 1)
  t.matches(it.last_error.message, "^jobs/collector.lua:%d+: stumbled over 1$")
  local metrics = t.http:get("/metrics").body
  t.matches(metrics, 'patchbay_job_failures_total{job="collector"} 1\n')
  t.matches(metrics, 'patchbay_job_failing{job="collector"} 0\n')
  t.matches(metrics, 'patchbay_job_events_lost_total{job="collector"} 0\n')
end)

test("an error that a job returns is its failure", function(t)
  cache.remove("heard")
  t.log:expect("not in the mood")
  t.ami:event("UserEvent", { UserEvent = "Refuse", Number = "1" })
  t.eventually(function() return heard() == "Refuse:1:srv01 " end)
end)

test("the state of a device is written for the device that the event names", function(t)
  t.sql("INSERT INTO st_states (st_extension, st_peername, st_state) VALUES ('310-DEMO', 'PJSIP/310-DEMO', 'IDLE')")
  t.sql("INSERT INTO st_states (st_extension, st_peername, st_state) VALUES ('311-DEMO', 'PJSIP/311-DEMO', 'IDLE')")
  local function state(peer) return t.sql("SELECT st_state FROM st_states WHERE st_peername = ?", { peer })[1].st_state end
  t.ami:event("DeviceStateChange", { Device = "PJSIP/310-DEMO", State = "INUSE" })
  t.eventually(function() return state("PJSIP/310-DEMO") == "INUSE" end)
  t.ami:event("DeviceStateChange", { Device = "PJSIP/310-DEMO", State = "RINGING" })
  t.eventually(function() return state("PJSIP/310-DEMO") == "RINGING" end)
  t.equal(state("PJSIP/311-DEMO"), "IDLE")
end)
