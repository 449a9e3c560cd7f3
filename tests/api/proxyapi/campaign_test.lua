-- reqtype=CAMPAIGN, and the job that calls the numbers.
local client = require "support.proxyapi"
local dialler = require "model.dialler"
local json = require "json"
local time = require "time"

local function made(t, more)
  local body = { name = "Spring", callerid = "0611223344" }
  for name, value in pairs(more or {}) do body[name] = value end
  local res = t.http:post("/mirtapbx/openapi.php/campaigns", { query = { key = t.key, tenant = "DEMO" }, json = body })
  t.equal(res.status, 201, res.body)
  return tostring(res.json.id)
end

local function ask(t, id, action, more, key)
  local query = { reqtype = "CAMPAIGN", campaign = id, action = action }
  for name, value in pairs(more or {}) do query[name] = value end
  return client.ask(t, query, key)
end

local function numbers(t, id) return ask(t, id, "listnumbers", { format = "json" }).json end

local function quiet(t) t.sql("UPDATE ca_campaigns SET ca_state = 'STOPPED'") end

-- One call that the PBX takes.
local function placed(t, number)
  t.ami:expect("Originate", { Channel = "Local/" .. number .. "@campaign-out/n", Context = "campaign-connect" })
    :reply("success", { Message = "Originate successfully queued" })
end

local function told(t) client.ask(t, { reqtype = "COUNTCALLS" }) end

local function record(t, number, disposition, billsec)
  t.sql([[INSERT INTO cdr (uniqueid, originateid, disposition, billsec) SELECT 'srv01-5.5', at_id, ?, ?
    FROM at_campaignattempts JOIN cn_campaignnumbers ON cn_id = at_cn_id WHERE cn_number = ? AND at_state = 'DIALING']],
    { disposition, billsec or 0, number })
end

test("start, stop, pause and resume", function(t)
  local id = made(t)
  local function state() return t.sql("SELECT ca_state FROM ca_campaigns WHERE ca_id = ?", { tonumber(id) })[1].ca_state end
  t.equal({ ask(t, id, "pause").body, ask(t, id, "stop").body }, { "Campaign is not running", "Campaign is not running" })
  t.equal({ ask(t, id, "start").body, state() }, { "OK", "ACTIVE" })
  t.equal(ask(t, id, "start", { format = "json" }).json, { Response = "Error", Message = "Campaign is running" })
  t.equal({ ask(t, id, "pause").body, state() }, { "OK", "PAUSED" })
  t.equal({ ask(t, id, "resume").body, state() }, { "OK", "ACTIVE" })
  t.equal({ ask(t, id, "resume").body, ask(t, id, "stop").body, state() }, { "Campaign is not paused", "OK", "STOPPED" })
  local timed = made(t, { type = "SCHEDULED" })
  t.equal(ask(t, timed, "start").body, "Only campaigns on demand are started and stopped")
  t.equal({ ask(t, "9999", "start").body, ask(t, id, "start", { tenant = "OTHER" }, t.other_key).body }, { "", "" })
  t.matches(ask(t, id, "start", nil, t.read_key).body, "^Too bad")
  t.equal(ask(t, id, "start", { tenant = "" }, t.global_key).body, "OK")
  quiet(t)
end)

test("numbers", function(t)
  local id = made(t, { ca_maxcampaignnumbers = "3" })
  t.equal(ask(t, id, "addnumber", { number = "0611", numberdescription = "Ann" }).body, "OK")
  t.truthy(ask(t, id, "addnumber", { number = "0622", format = "json" }).json.id)
  t.equal(ask(t, id, "addnumber", { number = "0611" }).body, "Number is there already")
  t.equal(ask(t, id, "addnumber", { number = "+39633", tenant = "" }, t.global_key).body, "OK")
  t.equal(ask(t, id, "addnumber", { number = "0644" }).body, "Campaign has as many numbers as it may")
  t.matches(ask(t, id, "listnumbers").body,
    "^cn_id|cn_number|cn_description|cn_disposition|cn_attempts|cn_lastattempt|cn_billsec\n%d+|0611|Ann||||\n")
  t.equal({ ask(t, id, "delnumber", { number = "0622" }).body, ask(t, id, "delnumber", { number = "0622" }).body },
    { "OK", "Number not found" })
  t.equal(#numbers(t, id), 2)
  t.matches(ask(t, id, "cleannumbers", nil, t.read_key).body, "^Too bad")
  t.equal({ ask(t, id, "cleannumbers").body, #numbers(t, id) }, { "OK", 0 })
end)

test("no more calls at once than it may, each once, until they are over", function(t)
  local id = made(t, { ca_maxchannels = 2 })
  for _, number in ipairs({ "0611", "0622", "0633" }) do ask(t, id, "addnumber", { number = number }) end
  t.equal(dialler.run(), 0, "not before it is started")
  ask(t, id, "start")
  placed(t, "0611")
  placed(t, "0622")
  told(t)
  t.equal({ dialler.run(), dialler.run() }, { 2, 0 })
  t.equal({ numbers(t, id)[1].cn_disposition, numbers(t, id)[3].cn_attempts }, { "DIALING", json.null })
  record(t, "0611", "ANSWERED", 33)
  record(t, "0622", "BUSY")
  placed(t, "0633")
  told(t)
  t.equal(dialler.run(), 1)
  local rows = numbers(t, id)
  t.equal({ rows[1].cn_disposition, rows[1].cn_billsec, rows[1].cn_attempts, rows[2].cn_disposition },
    { "ANSWERED", "33", "1", "BUSY" })
  record(t, "0633", "NO ANSWER")
  t.equal({ dialler.run(), numbers(t, id)[3].cn_disposition }, { 0, "NO ANSWER" })
  quiet(t)
end)

test("tried again after a while, and not for ever", function(t)
  local id = made(t, { ca_maxattempts = 2, ca_retrytime = "600" })
  ask(t, id, "addnumber", { number = "0711" })
  ask(t, id, "start")
  placed(t, "0711")
  told(t)
  t.equal(dialler.run(), 1)
  record(t, "0711", "NO ANSWER")
  t.equal({ dialler.run(), dialler.run() }, { 0, 0 })
  t.sql("UPDATE cn_campaignnumbers SET cn_due = '2020-01-01 00:00:00' WHERE cn_number = '0711'")
  placed(t, "0711")
  told(t)
  t.equal(dialler.run(), 1)
  record(t, "0711", "BUSY")
  t.equal({ dialler.run(), numbers(t, id)[1].cn_attempts, numbers(t, id)[1].cn_disposition }, { 0, "2", "BUSY" })
  t.equal(t.sql("SELECT cn_due FROM cn_campaignnumbers WHERE cn_number = '0711'")[1].cn_due, "9999-12-31 23:59:59")
  quiet(t)
end)

test("a host that starts anew does not dial what may be ringing", function(t)
  local id = made(t, { ca_maxchannels = 5, ca_maxattempts = 3 })
  ask(t, id, "addnumber", { number = "0811" })
  ask(t, id, "start")
  placed(t, "0811")
  told(t)
  t.equal(dialler.run(), 1)
  -- the host went down before the answer: nothing is known but that it was to be called
  t.sql("UPDATE at_campaignattempts SET at_uniqueid = NULL WHERE at_state = 'DIALING'")
  t.equal({ dialler.run(), numbers(t, id)[1].cn_disposition }, { 0, "DIALING" })
  t.sql("UPDATE at_campaignattempts SET at_until = '2020-01-01 00:00:00' WHERE at_state = 'DIALING'")
  t.equal({ dialler.run(), numbers(t, id)[1].cn_disposition, numbers(t, id)[1].cn_attempts }, { 0, "FAILED", "1" })
  quiet(t)
end)

test("numbers that are not to be called are not", function(t)
  local id = made(t)
  for _, number in ipairs({ "0911", "0922" }) do ask(t, id, "addnumber", { number = number }) end
  t.sql("INSERT INTO dn_donotcalls (dn_te_id, dn_number) SELECT te_id, '0911' FROM te_tenants WHERE te_code = 'DEMO'")
  t.sql([[INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst)
    SELECT te_id, 'CAMPAIGN-DONOTCALL', ?, 'DNC', 922 FROM te_tenants WHERE te_code = 'DEMO']], { tonumber(id) })
  ask(t, id, "start")
  t.equal(dialler.run(), 0)
  local rows = numbers(t, id)
  t.equal({ rows[1].cn_disposition, rows[2].cn_disposition }, { "DNC", "DNC" })
  quiet(t)
end)

test("only in its season and its hours", function(t)
  local today = time.format("%Y-%m-%d")
  local id = made(t, { datestart = "2999-01-01" })
  ask(t, id, "addnumber", { number = "1011" })
  ask(t, id, "start")
  t.equal(dialler.run(), 0, "it begins in a thousand years")
  t.sql("UPDATE ca_campaigns SET ca_datestart = ?, ca_dateend = ? WHERE ca_id = ?", { today, "2020-01-01", tonumber(id) })
  t.equal(dialler.run(), 0, "it is over")
  t.sql("UPDATE ca_campaigns SET ca_dateend = ? WHERE ca_id = ?", { today, tonumber(id) })
  t.sql([[INSERT INTO co_conditions (co_id, co_te_id, co_name, co_type, co_param1) SELECT 90, te_id, 'Never', 'DATEEXACT', '2020-01-01'
    FROM te_tenants WHERE te_code = 'DEMO']])
  t.sql("UPDATE ca_campaigns SET ca_co_id = 90 WHERE ca_id = ?", { tonumber(id) })
  t.equal(dialler.run(), 0, "its condition is not true")
  t.sql("UPDATE co_conditions SET co_param1 = ?", { today })
  placed(t, "1011")
  told(t)
  t.equal(dialler.run(), 1)
  quiet(t)
end)

test("a call that the PBX refuses is a failed one, and a PBX that is away is not asked", function(t)
  local id = made(t)
  ask(t, id, "addnumber", { number = "1111" })
  ask(t, id, "start")
  t.ami:expect("Originate"):reply("error", "Originate failed")
  t.log:expect("^warn .*a campaign could not call")
  told(t)
  t.equal({ dialler.run(), numbers(t, id)[1].cn_disposition }, { 1, "FAILED" })
  -- who sets a number back has it called again
  local cn = t.sql("SELECT cn_id FROM cn_campaignnumbers WHERE cn_number = '1111'")[1].cn_id
  t.http:patch("/mirtapbx/openapi.php/campaignnumber", { query = { key = t.key, tenant = "DEMO", id = tostring(cn) },
    json = { attempts = 0, disposition = "" } })
  placed(t, "1111")
  told(t)
  t.equal(dialler.run(), 1)
  quiet(t)
end)
