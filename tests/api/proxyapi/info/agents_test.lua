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
