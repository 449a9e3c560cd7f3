-- /call-queues: the queues that the other dialects see.
local client = require "support.mikopbx"
local ask = client.asker("call-queues")

test("created with members and ways out, as app_queue reads it", function(t)
  client.employee(t, "201", "John")
  client.employee(t, "202", "Ann")
  t.equal(ask(t, "get", "").json.data, {})
  local res = ask(t, "post", "", { name = "Support", extension = "700", description = "d", strategy = "rrmemory",
    seconds_to_ring_each_member = 20, recive_calls_while_on_a_call = true, members = { { extension = "202" }, "201" },
    timeout_to_redirect_to_extension = 60, timeout_extension = "201", redirect_to_extension_if_empty = "busy" })
  t.equal(res.status, 201)
  local it = res.json.data
  t.matches(it.id, "^QUEUE%-%x%x%x%x%x%x%x%x$")
  t.equal({ it.strategy, it.seconds_to_ring_each_member, it.seconds_for_wrapup, it.members[1].extension,
    it.members[2].extension, it.timeout_extension, it.redirect_to_extension_if_empty, it.description,
    it.timeout_to_redirect_to_extension, it.recive_calls_while_on_a_call },
    { "rrmemory", "20", "15", "202", "201", "201", "busy", "d", 60, true })
  t.equal(t.sql([[SELECT qu_timeout, strategy, timeout, ringinuse, wrapuptime FROM qu_queues
    JOIN queue ON queue.name = '' || qu_id WHERE qu_number = '700']]),
    { { qu_timeout = "60", strategy = "rrmemory", timeout = "20", ringinuse = "yes", wrapuptime = "15" } })
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  t.equal(ask(t, "get", "").json.data, { it })
end)

test("a change leaves what it does not name, the pause of a member too", function(t)
  local id = ask(t, "get", "").json.data[1].id
  t.sql("UPDATE queue_member SET paused = 1")
  local it = ask(t, "patch", "/" .. id, { name = "Help", timeout_extension = "" }).json.data
  t.equal({ it.name, it.timeout_extension, it.redirect_to_extension_if_empty, #it.members }, { "Help", "", "busy", 2 })
  t.equal(t.sql("SELECT count(*) AS n FROM queue_member WHERE paused = 1")[1].n, 2)
  it = ask(t, "put", "/" .. id, { name = "Whole", extension = "700" }).json.data
  t.equal({ it.strategy, #it.members, it.description, it.redirect_to_extension_if_empty }, { "ringall", 0, "", "" })
  t.equal(ask(t, "get", "/" .. id .. ":copy").json.data.name, "copy of Whole")
  t.equal(ask(t, "get", ":getDefault").json.data.seconds_for_wrapup, "15")
end)

test("what is wrong or has no meaning here is named", function(t)
  local function wrong(json) return ask(t, "post", "", json).json.messages.error end
  t.equal(wrong({}), { name = "is required", extension = "is required" })
  t.equal(wrong({ name = "x", extension = "701", members = { "999" } }), { members = "no such extension: 999" })
  t.truthy(wrong({ name = "x", extension = "701", timeout_extension = "999" }).timeout_extension)
  t.truthy(wrong({ name = "x", extension = "701", callerid_prefix = "Q:" }).callerid_prefix)
  t.truthy(wrong({ name = "x", extension = "701", periodic_announce_sound_id = "9" }).periodic_announce_sound_id)
  t.equal(wrong({ name = "x", extension = "701", strategy = "all" })[1]:match("^Field 'strategy'"), "Field 'strategy'")
  t.equal(ask(t, "post", "", { name = "x", extension = "201" }).status, 409)
  t.equal(ask(t, "post", "", { name = "x", extension = "701" }, t.read_key).status, 403)
  local id = ask(t, "get", "").json.data[1].id
  t.equal(ask(t, "get", "/" .. id, nil, t.other_key).status, 422)
  t.equal(ask(t, "delete", "/" .. id, nil, t.other_key).status, 404)
  t.equal(ask(t, "delete", "/" .. id).json.data, {})
  t.equal(ask(t, "get", "/" .. id).status, 422)
end)
