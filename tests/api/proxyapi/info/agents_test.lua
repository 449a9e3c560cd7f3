-- info=AGENTS lists queue agents.
local client = require "support.proxyapi"
local ask, extension, queue = client.ask, client.extension, client.queue

test("sparse positional keys, null for an unknown queue", function(t)
  local id = queue(t)
  extension(t, "103")
  ask(t, { reqtype = "QUEUE", action = "add", id = id, extension = "103" })
  local it = ask(t, { reqtype = "INFO", info = "agents", format = "json" }).json["103-DEMO"]
  t.equal(it["0"], "103")
  t.equal(it["11"], "103-DEMO")
  t.equal(it["3"], nil)
  t.matches(ask(t, { reqtype = "INFO", info = "AGENTS", queue = id }).body, "^103%-DEMO:%u%l+|$")
  t.equal(ask(t, { reqtype = "INFO", info = "agents", queue = "999", format = "json" }).body,
    "null")
end)

test("agents beyond what fits one call of Lua are all told, each once", function(t)
  local id, other = queue(t, "9201"), queue(t, "9202")
  t.sql([[INSERT INTO queue_member (queue_name, membername, "interface", state_interface, member_device, penalty, paused)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
    SELECT ?, 'A "' || i || '"', 'Local/' || i, 'Custom:' || i || '-DEMO', i || '-DEMO', 0, i % 2 FROM n]], { tostring(id) })
  t.sql([[INSERT INTO queue_member (queue_name, membername, "interface", state_interface, member_device, penalty, paused)
    VALUES (?, 'x', 'y', 'Custom:3-DEMO', '3-DEMO', 0, 0)]], { tostring(other) })
  local list = ask(t, { reqtype = "INFO", info = "agents", format = "json" }).json
  t.equal(list["6000-DEMO"]["10"], 'A "6000"')
  t.equal({ list["1-DEMO"]["1"], list["2-DEMO"]["1"] }, { "paused", "unknown" })
  t.equal(list["3-DEMO"]["1"], "unknown", "paused in one queue of two")
  t.equal(select(2, ask(t, { reqtype = "INFO", info = "agents", queue = id }).body:gsub("|", "")), 6000)
  t.equal(ask(t, { reqtype = "INFO", info = "agentsconnected", format = "json" }).status, 200)
  t.truthy(ask(t, { reqtype = "INFO", info = "agents", queue = id, format = "xml" }).body:find("<_0>6000</_0>", 1, true))
end)
