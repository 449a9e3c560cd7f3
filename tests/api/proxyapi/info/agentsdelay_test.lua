-- info=AGENTSDELAY tells how long phones rang.
local client = require "support.proxyapi"
local time = require "time"
local ask, queue = client.ask, client.queue

test("the average of today", function(t)
  local id = tostring(queue(t))
  local function get(more)
    local query = { reqtype = "INFO", info = "agentsdelay", queue = more and more.queue, format = more and more.format }
    return ask(t, query)
  end
  t.equal({ get().body, get({ format = "json" }).body }, { "", "{}" })
  for _, it in ipairs({ { "", "4" }, { "", "7" } }) do
    t.sql([[INSERT INTO queue_log ("time", callid, queuename, agent, "event", data1, data2, data3)
      VALUES (?, 'c', ?, '104-DEMO', 'CONNECT', '9', 'b', ?)]], { time.format("%Y-%m-%d 00:00:01"), id, it[2] })
  end
  t.sql([[INSERT INTO queue_log ("time", callid, queuename, agent, "event", data1, data2, data3)
    VALUES ('2020-01-01 00:00:00', 'c', ?, '104-DEMO', 'CONNECT', '9', 'b', '99')]], { id })
  t.equal(get().body, id .. ":6|")
  t.equal(get({ format = "json", queue = id }).json, { [id] = { ["0"] = 6 } })
end)
