-- OpenAPI cronjob: spec example "Run a cron job".
local cronjob = require "model.cronjob"

local call = require("support.openapi").call

test("Run a cron job", function(t)
  local made = call(t, "post", "/cronjobs?tenant=DEMO", { name = "Nightly", hour = "3", minute = "*/5" })
  t.equal(made.status, 201, made.body)
  local res = call(t, "patch", "/cronjob?id=" .. made.json.id .. "&tenant=DEMO", { run = "yes" })
  t.equal(res.json.cr_run, "yes")
end)

test("a time that is none is refused", function(t)
  for field, text in pairs({ minute = "61", hour = "*/0", day = "0", month = "13", weekday = "8", year = "1,",
    timezone = "Mars/Base", run = "maybe" }) do
    local res = call(t, "post", "/cronjobs?tenant=DEMO", { name = "X", [field] = text })
    t.equal({ res.status, res.json.error.field }, { 400, field }, field)
  end
  t.equal(call(t, "post", "/cronjobs?tenant=DEMO", { name = "X", minute = "often" }).json.error.field, "minute")
end)

-- All other jobs of this file's store are put to rest, so that only the one asked for runs.
local function job(t, body)
  t.sql("UPDATE cr_cronjobs SET cr_active = '', cr_run = ''")
  local res = call(t, "post", "/cronjobs?tenant=DEMO", body)
  t.equal(res.status, 201, res.body)
  return res.json.id
end

local function row(t, id) return t.sql("SELECT * FROM cr_cronjobs WHERE cr_id = ?", { id })[1] end

local function called(t, id)
  return t.ami:expect("Originate", { Channel = ("Local/%d@cronjob/n"):format(id), Variable = "TENANT=DEMO" })
end

test("a job that is asked to run calls its destinations once", function(t)
  local extension = call(t, "post", "/extensions?tenant=DEMO", { number = "790", password = "secret-790" }).json.id
  local id = job(t, { name = "Bell", run = "yes", destination = { "EXT-" .. extension } })
  called(t, id):reply("success")
  t.equal(cronjob.run_due(), true)
  local after = row(t, id)
  t.equal(after.cr_run, "")
  t.equal(#after.cr_laststarted, 19)
  t.equal(#after.cr_lastended, 19)
  t.equal(cronjob.run_due(), true, "not twice")
end)

test("a job nobody could call stays asked for", function(t)
  local extension = call(t, "post", "/extensions?tenant=DEMO", { number = "791", password = "secret-791" }).json.id
  local id = job(t, { name = "Bell", run = "yes", destination = { "EXT-" .. extension } })
  called(t, id):reply("error", { Message = "no" })
  local ok, err = cronjob.run_due()
  t.equal({ ok, err.code }, { nil, "refused" })
  t.equal(row(t, id).cr_run, "yes")
  t.equal(row(t, id).cr_lastended, nil)
end)

test("a job runs in its minute, once, and one that is off or of another time does not", function(t)
  local id = job(t, { name = "Every minute", minute = "*", once = "on" })
  t.equal(cronjob.run_due(), true)
  local first = row(t, id)
  t.equal(#first.cr_laststarted, 19)
  t.equal(first.cr_active, "", "once is over")
  t.sql("UPDATE cr_cronjobs SET cr_laststarted = NULL WHERE cr_id = ?", { id })
  cronjob.run_due()
  t.equal(row(t, id).cr_laststarted, nil, "off")
  for _, body in ipairs({ { name = "By hand" }, { name = "Long ago", year = "1999" } }) do
    id = job(t, body)
    cronjob.run_due()
    t.equal(row(t, id).cr_laststarted, nil, body.name)
  end
end)

test("what the runner writes is not a client's to write", function(t)
  local id = job(t, { name = "Mine", year = "1999" })
  local res = call(t, "patch", "/cronjobs/" .. id .. "?tenant=DEMO", { cr_laststarted = "z", cr_pid = "1" })
  t.equal({ res.status, row(t, id).cr_laststarted, row(t, id).cr_pid }, { 200, nil, nil })
end)
