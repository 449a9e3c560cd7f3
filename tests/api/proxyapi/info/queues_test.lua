-- info=QUEUES lists queues.
local client = require "support.proxyapi"
local ask, extension, queue = client.ask, client.extension, client.queue

test("pairs in plain, an object in JSON", function(t)
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUES", format = "json" }).body, "{}")
  local id = queue(t)
  extension(t, "103")
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUES", format = "json" }).json,
    { [tostring(id)] = "Support" })
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUES" }).body, id .. ":Support|")
end)
