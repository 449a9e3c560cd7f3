-- /sip-providers: trunks.
local client = require "support.mikopbx"
local told = require("support.trunk").told
local time = require "time"
local bearer, BASE = client.bearer, client.BASE

local TRUNK = {
  description = "Main trunk", host = "sip.example.com", username = "trunk1", secret = "pw-trunk1",
  registration_type = "outbound", note = "n",
}

local function call(t, method, path, json, key)
  return t.http[method](t.http, BASE .. "/sip-providers" .. path,
    { headers = bearer(t, key or t.global_key), json = json })
end

test("created with what Asterisk needs to register", function(t)
  told(t, "contact registration")
  local res = call(t, "post", "", TRUNK)
  t.equal(res.status, 201, res.body)
  local it = res.json.data
  t.matches(it.id, "^SIP%-TRUNK%-%x+$")
  t.equal(it.secret, "XXXXXXXX")
  t.equal(it.port, 5060)
  t.equal(it.transport, "udp,tcp")
  t.equal(it.qualify, true)
  t.equal(t.sql("SELECT client_uri FROM ps_registrations WHERE id = ?", { it.id })[1].client_uri,
    "sip:trunk1@sip.example.com:5060")
  t.equal(t.sql("SELECT password FROM ps_auths WHERE id = ?", { it.id })[1].password, "pw-trunk1")
end)

test("listed with a state, read, patched, disabled, deleted", function(t)
  local list = call(t, "get", "").json.data
  t.equal(#list, 1)
  t.equal(list[1].host, "sip.example.com")
  t.truthy(list[1].state)
  local path = "/" .. list[1].id
  t.equal(call(t, "get", path).json.data.description, "Main trunk")
  told(t, "contact registration", list[1].id)
  local it = call(t, "patch", path, { host = "sip2.example.com", secret = "XXXXXXXX" }).json.data
  t.equal(it.host, "sip2.example.com")
  t.equal(t.sql("SELECT password FROM ps_auths WHERE id = ?", { it.id })[1].password, "pw-trunk1")
  t.equal(call(t, "put", path, {}).status, 422)
  told(t, "contact registration", it.id)
  it = call(t, "put", path, { description = "Whole", host = "sip3.example.com", username = "trunk1",
    registration_type = "outbound" }).json.data
  t.equal({ it.description, it.host }, { "Whole", "sip3.example.com" })
  t.equal(t.sql("SELECT password FROM ps_auths WHERE id = ?", { it.id })[1].password, "pw-trunk1")
  told(t, "contact registration", it.id)
  t.equal(call(t, "post", path .. ":updateStatus", { disabled = true }).json.data.disabled, true)
  for _, view in ipairs({ "registrations", "endpoints", "identifies" }) do
    t.equal(#t.sql("SELECT 1 FROM asterisk_" .. view .. " WHERE id = ?", { it.id }), 0, "what Asterisk reads: " .. view)
  end
  t.equal(t.sql("SELECT contact, qualify_frequency FROM asterisk_aors WHERE id = ?", { it.id }),
    { { contact = "", qualify_frequency = "0" } }, "nobody is asked any more")
  t.equal(#t.sql("SELECT 1 FROM ps_registrations WHERE id = ?", { it.id }), 1, "kept for the day it is enabled")
  t.equal(call(t, "get", "").json.data, {})
  t.equal(#call(t, "get", "?includeDisabled=true").json.data, 1)
  t.equal(call(t, "get", path .. ":getStatus").json.data.state, "OFF")
  t.equal(call(t, "get", ":getStatuses").json.data.sip[it.id].state, "OFF")
  local copy = call(t, "get", path .. ":copy").json.data
  t.equal(copy.description, "copy of Whole")
  told(t, "contact registration", it.id)
  local res = call(t, "delete", path)
  t.equal(res.json.messages.info, { "api_ProviderDeleted" })
  t.equal(call(t, "delete", path).status, 422)
  t.equal(#t.sql("SELECT 1 FROM ps_endpoints WHERE id = ?", { it.id }), 0)
end)

test("refused: missing fields, odd hosts, tenant keys", function(t)
  t.equal(call(t, "post", "", {}).json.messages.error.description,
    "Provider description is required")
  local res = call(t, "post", "", { description = "x", registration_type = "outbound",
    host = "a b;c", username = "u", secret = "s" })
  t.equal(res.status, 422)
  t.equal(call(t, "post", "", TRUNK, t.key).status, 403)
  t.equal(call(t, "get", "", nil, t.key).status, 403)
  t.equal(call(t, "get", "/SIP-TRUNK-NONE").status, 422)
  t.equal(call(t, "put", "/SIP-TRUNK-NONE", TRUNK).status, 404)
  t.matches(call(t, "get", ":getDefault").json.data.id, "^SIP%-TRUNK%-")
end)

test("an id that is given is kept", function(t)
  local fields = { id = "SIP-TRUNK-1A2B3C4D" }
  for name, value in pairs(TRUNK) do fields[name] = value end
  told(t, "contact registration", "SIP-TRUNK-1A2B3C4D")
  t.equal(call(t, "post", "", fields).json.data.id, "SIP-TRUNK-1A2B3C4D")
end)

test("a trunk's status, history and statistics are what happened to it", function(t)
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech) VALUES (91, 'Past', 'past', 'PJSIP')")
  t.sql([[INSERT INTO lk_links (lk_kind, lk_name, lk_state, lk_since, lk_good)
    VALUES ('trunk', 'past', 'UNKNOWN', '2026-01-02 10:00:00', '2026-01-02 09:59:00')]])
  t.sql([[INSERT INTO lh_linkhistory (lh_kind, lh_name, lh_time, lh_state, lh_previous) VALUES
    ('trunk', 'past', '2026-01-01 10:00:00', 'registered', ''),
    ('trunk', 'past', '2026-01-01 11:00:00', 'rejected', 'registered'),
    ('trunk', 'past', '2026-01-01 12:00:00', 'registered', 'rejected'),
    ('trunk', 'past', '2026-01-02 10:00:00', 'UNKNOWN', 'registered')]])
  t.sql([[INSERT INTO ld_linkdays (ld_kind, ld_name, ld_day, ld_checks, ld_good, ld_rtts, ld_rttsum, ld_rttmin, ld_rttmax)
    VALUES ('trunk', 'past', ?, 10, 9, 2, 50, 20, 30)]], { time.format("%Y-%m-%d") })
  local function get(path) return t.http:get(BASE .. path, { headers = bearer(t, t.global_key) }) end
  local it = get("/sip-providers/SIP-91:getStatus").json.data
  t.equal({ it.state, it.lastChangeFormatted, #it.recentEvents, it.recentEvents[2].type, it.recentEvents[3].type },
    { "UNKNOWN", "2026-01-02 10:00:00", 4, "success", "error" })
  t.equal({ it.statistics.totalChecks, it.statistics.availability, it.statistics.averageRtt }, { 10, 90, 25 })
  t.truthy(it.failureDuration >= it.stateDuration and it.currentProblem)
  local past = get("/providers/SIP-91:getHistory?limit=2").json.data
  t.equal({ past.count, past.totalAvailable, past.provider.description, past.events[1].previousState },
    { 2, 4, "Past", "registered" })
  past = get("/sip-providers/SIP-91:getHistory").json.data.statistics
  t.equal({ past.totalEvents, past.errors, past.recoveries, past.states.registered }, { 4, 2, 1, 2 })
  t.equal(get("/providers/SIP-XXXX:getHistory").json.data.count, 0)
  local stats = get("/providers/SIP-91:getStats?days=3").json.data
  t.equal({ stats.period.days, #stats.daily, stats.aggregated.avgAvailability, stats.aggregated.sla.meets },
    { 3, 1, 90, false })
  t.equal(get("/sip-providers/SIP-92:getStats").status, 422)
  t.equal(#get("/sip-providers/SIP-91:getStats").json.data.daily, 1)
  t.ami:expect("PJSIPQualify", { Endpoint = "past" }):reply("success")
  local res = t.http:post(BASE .. "/sip-providers/SIP-91:forceCheck", { headers = bearer(t, t.global_key) })
  t.equal({ res.status, res.json.messages.info[1] }, { 200, "Provider check requested" })
  t.equal(t.http:get(BASE .. "/providers/SIP-91:getStats", { headers = bearer(t) }).status, 403)
end)
