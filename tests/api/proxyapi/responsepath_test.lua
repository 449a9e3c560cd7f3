-- reqtype=RESPONSEPATH reads what the dialplan wrote.
local client = require "support.proxyapi"
local ask = client.ask

local UNIQUEID = "srv02-1509806457.625"

local function result(t, id, more)
  t.sql([[INSERT INTO rr_responseresults (rr_id, rr_te_id, rr_re_id, rr_uniqueid, rr_start, rr_caller, rr_queue, rr_answer,
      rr_status) SELECT ?, te_id, 19, ?, ?, 'Susan <0611>', '281', ?, '' FROM te_tenants WHERE te_code = 'DEMO']],
    { id, more.uniqueid, more.start, more.answer })
  for _, it in ipairs({ { "START", "0", more.start }, { "CALLERID", "0", "Susan <0611>" },
    { "VARIABLE", "85", "36985", "TICKET" }, { "QUEUE", tostring(more.queue or 281), "" },
    { "ANSWER", "0", more.answer } }) do
    t.sql([[INSERT INTO ri_responseitems (ri_te_id, ri_rr_id, ri_type, ri_typeid, ri_value, ri_typename, ri_valuename)
      SELECT te_id, ?, ?, ?, ?, ?, '' FROM te_tenants WHERE te_code = 'DEMO']], { id, it[1], it[2], it[3], it[4] or "" })
  end
end

local function path(t, more, key)
  local query = { reqtype = "RESPONSEPATH", id = "19", action = "GETLAST" }
  for name, value in pairs(more or {}) do query[name] = value end
  return ask(t, query, key)
end

test("Getting the latest one for a given Response Path", function(t)
  local queue = client.queue(t)
  t.equal(path(t).body, "")
  result(t, 4, { uniqueid = "srv02-1.1", start = "2017-11-03 15:41:01", answer = "104-DEMO" })
  result(t, 5, { uniqueid = UNIQUEID, start = "2017-11-04 15:41:01", answer = "105-DEMO", queue = queue })
  t.sql([[INSERT INTO ri_responseitems (ri_te_id, ri_rr_id, ri_type, ri_typeid, ri_value)
    SELECT te_id, 5, 'HANGUP', '0', '' FROM te_tenants WHERE te_code = 'DEMO']])
  t.equal(path(t).body, ("UniqueID|Type|Type ID|Value|Type Name|Value Name\n%s|START|0|2017-11-04 15:41:01||\n"
    .. "%s|CALLERID|0|Susan <0611>||\n%s|VARIABLE|85|36985|TICKET|\n%s|QUEUE|" .. queue .. "|||\n%s|ANSWER|0|105-DEMO||\n"
    .. "%s|HANGUP|0|||\n"):format(UNIQUEID, UNIQUEID, UNIQUEID, UNIQUEID, UNIQUEID, UNIQUEID))
  t.equal(path(t, { tenant = "OTHER" }, t.other_key).body, "")
end)

test("Getting the latest one for a given Response Path for agent 104-TENANTCODE", function(t)
  t.matches(path(t, { filter = "ANSWER", filterdata = "104-DEMO" }).body, "\nsrv02%-1%.1|START|")
  t.equal(path(t, { filter = "ANSWER", filterdata = "999-DEMO" }).body, "")
  t.equal(path(t, { filter = "nonsense", filterdata = "x" }).body, "filter: must be queue, answer or uniqueid")
end)

test("Getting the latest one for a given Response Path for agent 104-TENANTCODE in xml format", function(t)
  local body = path(t, { filter = "ANSWER", filterdata = "105-DEMO", format = "xml" }).body
  t.contains(body, "<Result><Agent>105-DEMO</Agent><Status>NOT ACTIVE</Status><Queue>Support</Queue><TICKET>36985</TICKET>")
  t.contains(body, "<Caller>Susan &lt;0611&gt;</Caller><VoiceFile")
  t.contains(path(t, { filter = "ANSWER", filterdata = "104-DEMO", format = "xml" }).body, "<Status>ACTIVE</Status>")
end)

test("by the id of the result or of the call, and all", function(t)
  t.matches(path(t, { action = "getid", rrid = "4" }).body, "\nsrv02%-1%.1|START|")
  t.matches(path(t, { action = "getid", rrid = UNIQUEID }).body, "\n" .. UNIQUEID:gsub("%p", "%%%0") .. "|START|")
  t.equal(path(t, { action = "getid" }).body, "")
  t.equal(path(t, { action = "getid", rrid = "99" }).body, "")
  local rows = path(t, { action = "list", format = "json" }).json
  t.equal({ #rows, rows[1].ID, rows[2].Answer }, { 2, "4", "105-DEMO" })
  t.equal(#path(t, { action = "getlast", format = "json" }).json, 6)
end)
