-- /sip: states of phones and trunks.
local authfailure = require "model.authfailure"
local client = require "support.mikopbx"
local time = require "time"
local bearer, employee, BASE = client.bearer, client.employee, client.BASE

local function get(t, path, key)
  return t.http:get(BASE .. path, { headers = bearer(t, key) })
end

test("a phone comes up in every form of the question", function(t)
  t.equal(get(t, "/sip:getStatuses").json.data, {})
  employee(t, "201", "John Doe")
  t.equal(get(t, "/sip:getStatuses").json.data["201"].status, "Unavailable")
  t.ami:event("ContactStatus", { URI = "sip:201@192.0.2.10:5060", ContactStatus = "Reachable",
    AOR = "201-DEMO", EndpointName = "201-DEMO", RoundtripUsec = "12340" })
  local it = t.eventually(function()
    local found = get(t, "/sip").json.data["201"]
    return found.status == "Available" and found
  end)
  t.equal(it.callerid, "John Doe")
  t.equal(it.rtt, 12.34)
  t.equal(it.devices[1].ip, "192.0.2.10")
  t.equal(it.devices[1].port, 5060)
  t.equal(get(t, "/sip/201:getStatus").json.data.status, "Available")
  t.equal(get(t, "/sip/201:getStatus?simplified=true").json.data,
    { extension = "201", status = "Available" })
  t.equal(get(t, "/sip/999:getStatus").status, 422)
  t.ami:expect("PJSIPQualify", { Endpoint = "201-DEMO" }):reply("success")
  local checked = t.http:post(BASE .. "/sip/201:forceCheck", { headers = bearer(t) })
  t.equal({ checked.status, checked.json.data.status }, { 200, "Available" })
  t.equal(get(t, "/sip:getPeersStatuses").json.data[1].id, "201")
  t.equal(get(t, "/sip:getStatuses", t.other_key).json.data, {})
end)

-- Which of two devices was shown hung on their order.
test("a desk phone that answers and a laptop that does not are two devices of an available phone", function(t)
  t.ami:event("ContactStatus", { URI = "sip:201@192.0.2.11:5062", ContactStatus = "Unreachable",
    AOR = "201-DEMO", EndpointName = "201-DEMO" })
  local it = t.eventually(function()
    local found = get(t, "/sip/201:getStatus").json.data
    return #found.devices == 2 and found
  end)
  t.equal({ it.status, it.rtt }, { "Available", 12.34 })
end)

test("a phone's history is what happened to it", function(t)
  local it = t.eventually(function()
    local found = get(t, "/sip/201:getHistory").json.data
    return found.history and found.history[1].status == "Available" and found
  end)
  local last = it.history[1]
  t.equal({ it.extension, last.type, last.ip_address, last.rtt }, { "201", "success", "192.0.2.10", 12.34 })
  t.equal(it.pagination.returned, #it.history)
  t.equal(get(t, "/sip/201:getHistory?limit=1&offset=1000").json.data.pagination.returned, 0)
  t.equal(get(t, "/sip/999:getHistory").status, 422)
  t.equal(get(t, "/sip/201:getHistory", t.other_key).status, 422)
  employee(t, "298", "Nobody")
  t.equal(get(t, "/sip/298:getHistory").json.data, {})
end)

test("statistics count looks, not hopes", function(t)
  t.sql([[INSERT INTO ld_linkdays (ld_kind, ld_name, ld_day, ld_checks, ld_good, ld_rtts, ld_rttsum, ld_rttmin, ld_rttmax)
    VALUES ('phone', '298-DEMO', ?, 4, 3, 2, 30, 10, 20), ('phone', '298-DEMO', ?, 1, 0, 0, 0, NULL, NULL)]],
    { time.format("%Y-%m-%d"), time.format("%Y-%m-%d", time.now() - 20 * 86400) })
  local it = get(t, "/sip/298:getStats").json.data
  t.equal(it.period_days, 7)
  t.equal(it.statistics.summary, { total_checks = 4, total_success = 3, total_failures = 1, overall_availability = 75,
    average_rtt = 15, min_rtt = 10, max_rtt = 20, rtt_samples = 2 })
  t.equal(get(t, "/sip/298:getStats?days=30").json.data.statistics.summary.total_checks, 5)
  t.equal(get(t, "/sip/999:getStats").status, 422)
end)

test("the password for those who may write", function(t)
  t.equal(get(t, "/sip/201:getSecret").json.data, { number = "201", secret = "S3cure-Pass-1!", username = "201" })
  t.equal(get(t, "/sip/999:getSecret").json.data, { number = "999", secret = "", username = "" })
  t.equal(get(t, "/sip/201:getSecret", t.read_key).status, 403)
  t.equal(get(t, "/sip/201:getSecret", t.other_key).json.data.secret, "")
end)

test("trunks in the registry", function(t)
  t.equal(get(t, "/sip:getRegistry", t.global_key).json.data, {})
end)

---- wrong passwords

local function post(t, path, key) return t.http:post(BASE .. path, { headers = bearer(t, key) }) end

test("wrong passwords are counted by address, for whom they were tried", function(t)
  local stats = "/sip/201:getAuthFailureStats"
  t.equal(get(t, stats).json.data, {})
  t.truthy(get(t, stats).json.messages.info[1])
  t.equal(post(t, "/sip:processAuthFailures").json.data, { processed = 0 })
  local function fails(event, account, address, port)
    t.ami:event(event, { AccountID = account, RemoteAddress = address .. "/" .. port, Service = "PJSIP" })
  end
  fails("ChallengeResponseFailed", "201-DEMO", "IPV4/UDP/203.0.113.7", 5060)
  fails("ChallengeResponseFailed", "201", "IPV4/UDP/203.0.113.7", 5061) -- what it logs in as
  fails("InvalidPassword", "201-DEMO", "IPV6/TCP/2001:db8::7", 5060)
  fails("InvalidAccountID", "999-DEMO", "IPV4/UDP/203.0.113.9", 5060)
  fails("InvalidAccountID", "", "IPV4/UDP/203.0.113.9", 5060)
  fails("ChallengeResponseFailed", "298-DEMO", "nonsense", 5060)
  fails("ChallengeResponseFailed", "298-DEMO", "IPV4/UDP/203.0.113.8", 5060)
  local found = t.eventually(function()
    return get(t, "/sip/298:getAuthFailureStats").json.data["203.0.113.8"] and get(t, stats).json.data
  end)
  t.equal({ found["203.0.113.7"].count, found["203.0.113.7"].remote_address, found["2001:db8::7"].count },
    { 2, "IPV4/UDP/203.0.113.7/5061", 1 })
  t.truthy(found["203.0.113.7"].last_attempt > time.now() - 3600)
  t.equal(t.sql("SELECT count(*) AS n FROM af_authfailures")[1].n, 3)
  t.equal(post(t, "/sip:processAuthFailures", t.read_key).status, 403)
  t.equal(post(t, "/sip:processAuthFailures", t.other_key).json.data, { processed = 0 })
  t.equal(post(t, "/sip:processAuthFailures").json.data, { processed = 2, extensions = { "201", "298" } })
  t.equal(post(t, "/sip:processAuthFailures").json.data, { processed = 0 })
  t.equal(get(t, stats, t.other_key).status, 422)
  t.equal(post(t, "/sip/999:clearAuthFailureStats").status, 422)
  t.equal(post(t, "/sip/201:clearAuthFailureStats", t.read_key).status, 403)
  t.equal(post(t, "/sip/201:clearAuthFailureStats").json.data, {})
  t.equal(get(t, stats).json.data, {})
  t.truthy(get(t, "/sip/298:getAuthFailureStats").json.data["203.0.113.8"])
end)

test("a guesser with many addresses does not fill the store, and what is old goes", function(t)
  local events = {}
  for n = 1, 150 do
    events[n] = { AccountID = "298-DEMO", RemoteAddress = ("IPV4/UDP/198.51.100.%d/5060"):format(n) }
  end
  t.truthy(authfailure.note(events))
  t.equal(t.sql("SELECT count(*) AS n FROM af_authfailures WHERE af_address = '198.51.100.150'")[1].n, 1)
  t.sql("UPDATE af_authfailures SET af_last = '2020-01-01 00:00:00' WHERE af_address IN ('198.51.100.149', '198.51.100.150')")
  t.truthy(authfailure.prune())
  t.equal(t.sql("SELECT count(*) AS n FROM af_authfailures")[1].n, 98)
  t.truthy(authfailure.note({ events[149], events[150], events[1], { AccountID = "298-DEMO" } }))
  local rows = t.sql("SELECT count(*) AS n, min(af_count) AS low FROM af_authfailures")[1]
  t.equal(rows.n, 100)
  t.equal(rows.low, 1)
end)
