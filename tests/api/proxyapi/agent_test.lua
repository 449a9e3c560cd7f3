-- reqtype=AGENT pauses and lists one agent.
local client = require "support.proxyapi"
local ask, extension, queue = client.ask, client.extension, client.queue

test("no agent, an unknown one, and one in a queue", function(t)
  t.equal(ask(t, { reqtype = "AGENT", action = "listqueues" }).body, "No extension specified")
  t.equal(ask(t, { reqtype = "AGENT", action = "listqueues", extension = "999" }).body, "")
  extension(t, "104")
  local id = queue(t)
  t.equal(ask(t, { reqtype = "AGENT", action = "pause", extension = "104-DEMO",
    queue = id }).body, "Error|Interface not found|")
  t.equal(ask(t, { reqtype = "AGENT", action = "add", extension = "104", queue = id }).body, "OK")
  local row = ask(t, { reqtype = "AGENT", action = "LISTQUEUES", extension = "104-DEMO",
    format = "json" }).json[1]
  t.equal(row.qu_id, tostring(id))
  t.equal(row.qu_number, "9200")
  t.equal(row.paused, "0")
  t.ami:expect("QueuePause", { Queue = tostring(id), Paused = "true", Reason = "Breakfast" })
    :reply("error", { Message = "Interface not found" })
  t.equal(ask(t, { reqtype = "AGENT", action = "pause", extension = "104-DEMO", queue = id,
    pausereason = "Breakfast" }).body, "Success|Interface paused successfully|")
  row = ask(t, { reqtype = "AGENT", action = "LISTQUEUES", extension = "104", format = "json" }).json[1]
  t.equal({ row.paused, row.pausereason }, { "1", "Breakfast" })
  t.ami:expect("QueuePause", { Queue = tostring(id), Paused = "false" })
    :reply("error", { Message = "Interface not found" })
  t.equal(ask(t, { reqtype = "AGENT", action = "unpause", extension = "104-DEMO", queue = id }).body,
    "Success|Interface unpaused successfully|")
  row = ask(t, { reqtype = "AGENT", action = "LISTQUEUES", extension = "104", format = "json" }).json[1]
  t.equal({ row.paused, row.pausereason }, { "0", "" })
  t.equal(ask(t, { reqtype = "AGENT", action = "del", extension = "104", queue = id }).body, "OK")
end)
