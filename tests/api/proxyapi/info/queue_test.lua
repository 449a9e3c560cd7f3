-- info=QUEUE gives the figures of one queue.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function extension(t, number, name)
  local res = t.http:post("/mirtapbx/openapi.php/extensions", {
    query = { key = t.key, tenant = "DEMO" },
    json = { number = number, name = name or ("Phone " .. number), tech = "PJSIP",
      password = "pw-" .. number .. "-DEMO" },
  })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

local function queue(t)
  local res = t.http:post("/mirtapbx/openapi.php/queues", {
    query = { key = t.key, tenant = "DEMO" },
    json = { qu_name = "Support", qu_number = "9200", strategy = "ringall" },
  })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

local time = require "time"

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
