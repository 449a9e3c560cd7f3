-- info=QUEUELOGS lists visits to queues.
local client = require "support.proxyapi"
local json = require "json"
local ask = client.ask

local function event(t, queue, at, callid, agent, name, ...)
  local data = { ... }
  t.sql([[INSERT INTO queue_log ("time", callid, queuename, agent, "event", data1, data2, data3, data4, data5)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]], { "2017-10-05 " .. at, callid, tostring(queue), agent, name,
    data[1] or "", data[2] or "", data[3] or "", data[4] or "", data[5] or "" })
end

local SPAN = { start = "2017-10-01", ["end"] = "2017-12-01" }

local function logs(t, more, key)
  local query = { reqtype = "INFO", info = "QUEUELOGS", start = SPAN.start, ["end"] = SPAN["end"] }
  for name, value in pairs(more or {}) do query[name] = value end
  return ask(t, query, key)
end

local function filled(t)
  client.extension(t, "104")
  local id = client.queue(t)
  event(t, id, "10:00:00", "c1", "NONE", "ENTERQUEUE", "", "0611", "1")
  event(t, id, "10:00:01", "c2", "NONE", "ENTERQUEUE", "", "0622", "2")
  event(t, id, "10:00:09", "c1", "104-DEMO", "CONNECT", "9", "c1b", "4")
  event(t, id, "10:00:20", "c2", "NONE", "ABANDON", "1", "2", "19")
  event(t, id, "10:01:09", "c1", "104-DEMO", "COMPLETEAGENT", "9", "60", "1")
  event(t, id, "10:02:00", "c3", "NONE", "ENTERQUEUE", "", "0633", "1")
  return id
end

test("Get the queue log for a tenant in CSV format", function(t)
  filled(t)
  local body = logs(t, { format = "csv" }).body
  t.matches(body, "^time,qu_name,callerid,disposition,agent,holdtime,calltime,origpos,callid,ex_id,")
  t.contains(body, "\n\"2017-10-05 10:00:00\",Support,0611,ANSWERED,104-DEMO,9,60,1,c1,")
  t.contains(body, "\n\"2017-10-05 10:00:01\",Support,0622,ABANDONED,,19,0,2,c2,,")
  t.falsy(body:find("c3", 1, true), "a visit that is not over is not there")
end)

test("JSON has every column twice, and no secret of the agent", function(t)
  local id = t.sql("SELECT qu_id FROM qu_queues")[1].qu_id
  t.sql("UPDATE ex_extensions SET ex_webpassword = 'web' WHERE ex_number = '104'")
  local rows = logs(t, { format = "json" }).json
  t.equal(#rows, 2)
  t.equal({ rows[1].disposition, rows[1]["3"], rows[1].ex_number }, { "ANSWERED", "ANSWERED", "104" })
  t.equal(rows[2].ex_number, json.null)
  t.falsy(logs(t, { format = "json" }).body:find('"web"', 1, true))
  t.equal(#logs(t, { format = "json", queue = tostring(id) }).json, 2)
  t.equal(logs(t, { format = "json", queue = "9999" }).body, "[]")
  t.equal(logs(t, { tenant = "OTHER" }, t.other_key).body, "")
end)
