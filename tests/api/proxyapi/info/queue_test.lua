-- info=QUEUE gives the figures of one queue.
local time = require "time"
local client = require "support.proxyapi"
local ask, extension, queue = client.ask, client.extension, client.queue

test("23 figures, counted from today's log", function(t)
  local id = queue(t)
  extension(t, "103")
  local now = time.format("%Y-%m-%d %H:%M:%S")
  for _, it in ipairs({ { "ENTERQUEUE", "" }, { "CONNECT", "8" }, { "COMPLETEAGENT", "8", "30" },
    { "ENTERQUEUE", "" }, { "ABANDON", "1" } }) do
    t.sql([[INSERT INTO queue_log ("time", callid, queuename, agent, "event", data1, data2)
      VALUES (?, 'c', ?, 'NONE', ?, ?, ?)]], { now, tostring(id), it[1], it[2], it[3] or "" })
  end
  local it = ask(t, { reqtype = "INFO", info = "QUEUE", id = id, format = "json" }).json
  t.equal(it.CALLSRECEIVED, "2")
  t.equal(it.ANSWEREDCALLS, "1")
  t.equal(it.ABANDONEDCALLS, "1")
  t.equal(it.QUEUECAR, "50")
  t.equal(it.AVERAGEHOLDTIME, "8")
  t.equal(it.AVERAGETALKTIME, "30")
  t.equal(select(2, ask(t, { reqtype = "INFO", info = "QUEUE", id = id }).body:gsub("|", "")), 22)
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUE", id = "999" }).body, "")
end)

-- A queue nobody has called yet is not loaded in Asterisk: its agents counted as none.
test("agents count by their phones, before the first call too", function(t)
  extension(t, "104")
  extension(t, "105")
  local id = queue(t, "9300")
  for _, number in ipairs({ "104", "105" }) do
    t.equal(ask(t, { reqtype = "QUEUE", action = "add", id = id, extension = number,
      paused = number == "105" and "1" or "0" }).body, "OK")
    t.ami:event("DeviceStateChange", { Device = "PJSIP/" .. number .. "-DEMO", State = "NOT_INUSE" })
  end
  t.eventually(function()
    local it = ask(t, { reqtype = "INFO", info = "QUEUE", id = id, format = "json" }).json
    return it.AGENTSONLINE == "2" and it.AGENTSPAUSED == "1" and it.AGENTSAVAILABLE == "1"
      and it.AGENTSFREE == "1"
  end)
  local full = ask(t, { reqtype = "QUEUE", action = "fulllist", id = id, format = "json" }).json
  t.equal(full[1].state, "NOT_INUSE")
end)
