-- reqtype=QUEUE manages the members of a queue.
local client = require "support.proxyapi"
local ask, extension, queue = client.ask, client.extension, client.queue

test("add, list, add again, delete, delete again, clean", function(t)
  extension(t, "103")
  local id = queue(t)
  local function members(query)
    query.reqtype = "QUEUE"
    return ask(t, query)
  end
  t.equal(members({ action = "list", number = "9200", format = "json" }).body, "[]")
  t.equal(members({ action = "add", number = "9200", extension = "103" }).body, "OK")
  t.equal(members({ action = "add", id = id, extension = "103-DEMO" }).body,
    "Unable to add interface: Already there")
  t.equal(members({ action = "list", number = "9200" }).body, "103-DEMO|")
  t.equal(members({ action = "list", id = id, format = "json" }).json, { "103-DEMO" })
  local full = members({ action = "fulllist", number = "9200", format = "json" }).json[1]
  t.equal(full.number, "103")
  t.equal(full.stateinterface, "Custom:103-DEMO")
  t.equal(full.type, "NF")
  t.equal(members({ action = "del", number = "9200", extension = "103" }).body, "OK")
  t.equal(members({ action = "del", number = "9200", extension = "103" }).body,
    "Unable to remove interface: Not there")
  t.equal(members({ action = "add", number = "9200", extension = "103", penalty = "4",
    paused = "1" }).body, "OK")
  local row = t.sql("SELECT penalty, paused FROM queue_member")[1]
  t.equal({ tonumber(row.penalty), tonumber(row.paused) }, { 4, 1 })
  t.equal(members({ action = "clean", number = "9200" }).body, "OK")
  t.equal(members({ action = "list", number = "9200", format = "json" }).body, "[]")
end)

test("the texts of what is missing", function(t)
  t.equal(ask(t, { reqtype = "QUEUE", action = "list" }).body,
    "No queue (id or number) specified")
  t.equal(ask(t, { reqtype = "QUEUE", action = "list", number = "1" }).body, "")
  t.equal(ask(t, { reqtype = "QUEUE", action = "list", number = "9200", tenant = "OTHER" },
    t.other_key).body, "")
end)

test("log writes a row of the queue log", function(t)
  t.equal(ask(t, { reqtype = "QUEUE", action = "log", number = "9200", extension = "103",
    event = "NOTE", data1 = "hello" }).body, "OK")
  t.equal(t.sql("SELECT data1 FROM queue_log WHERE event = 'NOTE'")[1].data1, "hello")
end)
