-- OpenAPI queue: spec example "Create a queue with realtime fields".
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

test("Create a queue with realtime fields", function(t)
  local id = extension(t, "100")
  local res = call(t, "post", "/queues?tenant=DEMO", {
    qu_name = "Support", qu_number = "700", queue = { strategy = "rrmemory", timeout = 20 },
    members = { { membername = "100", interface = "Local/AG-000-NF-" .. id .. "@fromotherpbx/n",
      state_interface = "Custom:100", member_device = "100", penalty = 3, paused = 0 } },
  })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.realtime.strategy, "rrmemory")
  t.equal(res.json.related.realtime.timeout, "20")
  t.equal(res.json.related.realtime.name, tostring(res.json.id), "Asterisk finds it by its id")
  local member = res.json.related.members[1]
  t.equal(member.interface, "Local/AG-000-NF-" .. id .. "@fromotherpbx/n")
  t.equal(member.state_interface, "Custom:100-DEMO", "a member is watched under its own tenant")
  t.equal(member.penalty, "3")
end)

test("Update a queue name, members by extension id, timeout twice", function(t)
  local id = extension(t, "101")
  local made = call(t, "post", "/queues?tenant=DEMO", { name = "Accounting", members = { { extension_id = id } } })
  local path = "/queues/" .. made.json.id .. "?tenant=DEMO"
  t.equal(call(t, "patch", path, { name = "Accounting Support" }).json.name, "Accounting Support")
  local res = call(t, "patch", path, { timeout = 33 })
  t.equal(res.json.related.realtime.timeout, "33")
  res = call(t, "patch", path, { timeout = { "EXT-" .. id } })
  t.equal(res.json.related.destinations["QUEUE-TIMEOUT"][1].tag, "EXT-" .. id)
  t.equal(res.json.related.realtime.timeout, "33")
end)

test("a member of another tenant or another make is refused", function(t)
  local id = extension(t, "102")
  local other = call(t, "post", "/queues?tenant=OTHER", { name = "Q", members = { { extension_id = id } } }, t.other_key)
  t.equal(other.status, 409)
  local res = call(t, "post", "/queues?tenant=DEMO", { name = "Q", members = { { interface = "PJSIP/102-DEMO" } } })
  t.equal(res.json.error.field, "members")
end)

test("deleting takes the realtime rows along", function(t)
  local id = extension(t, "103")
  local made = call(t, "post", "/queues?tenant=DEMO", { name = "Short", members = { id }, allowed_members = { id } })
  local key = { tostring(made.json.id) }
  t.equal(#t.sql("SELECT 1 FROM queue_member WHERE queue_name = ?", key), 1)
  t.equal(call(t, "delete", "/queues/" .. made.json.id .. "?tenant=DEMO").json.deleted, true)
  t.equal(#t.sql("SELECT 1 FROM queue WHERE name = ?", key), 0)
  t.equal(#t.sql("SELECT 1 FROM queue_member WHERE queue_name = ?", key), 0)
  t.equal(#t.sql("SELECT 1 FROM aq_allowed_queue_member WHERE aq_queue_name = ?", key), 0)
end)

test("members and allowed members in both forms, under all three names", function(t)
  local a, b = extension(t, "110"), extension(t, "111")
  local id = call(t, "post", "/queues?tenant=DEMO", { name = "Names" }).json.id
  local path = "/queues/" .. id .. "?tenant=DEMO"
  local raw = { membername = "Ada", interface = "Local/AG-002-AD-" .. b .. "@fromotherpbx/n", penalty = 4, paused = 1 }
  for _, name in ipairs({ "members", "queue_member", "queue_members" }) do
    local res = call(t, "patch", path, { [name] = { { extension_id = a, penalty = 7 }, raw } })
    t.equal(res.status, 200, name .. res.body)
    local rows = res.json.related.members
    t.equal({ rows[1].interface, rows[1].penalty, rows[1].paused, rows[1].membername, rows[1].member_device, rows[1].state_interface },
      { "Local/AG-000-NF-" .. a .. "@fromotherpbx/n", "7", "0", "110-DEMO", "110-DEMO", "Custom:110-DEMO" }, name)
    t.equal({ rows[2].interface, rows[2].penalty, rows[2].paused, rows[2].membername }, { raw.interface, "4", "1", "Ada" }, name)
    t.equal(#call(t, "patch", path, { [name] = {} }).json.related.members, 0, name .. " = []")
  end
  for _, name in ipairs({ "allowed_members", "aq_allowed_queue_member", "allowed_queue_members" }) do
    local res = call(t, "patch", path, { [name] = { a, { extension_id = b, penalty = 2 } } })
    t.equal(res.status, 200, name .. res.body)
    local rows = res.json.related.allowed_members
    t.equal({ #rows, rows[1].aq_membername, rows[2].aq_penalty, rows[2].aq_queue_name }, { 2, "110-DEMO", "2", tostring(id) }, name)
    res = call(t, "patch", path, { [name] = { { aq_interface = "Local/AG-001-NF-" .. a .. "@fromotherpbx/n", aq_penalty = 9 } } })
    t.equal(res.json.related.allowed_members[1].aq_penalty, "9", name)
    t.equal(#call(t, "patch", path, { [name] = {} }).json.related.allowed_members, 0, name .. " = []")
  end
  for _, bad in ipairs({ { { extension_id = a, penalty = -1 } }, { { extension_id = a, paused = 5 } }, { { extension_id = "x" } }, { {} }, { a, a } }) do
    local res = call(t, "patch", path, { members = bad })
    t.equal(res.status, 400, res.body)
    t.matches(res.json.error.field, "^members")
  end
  t.equal(#t.sql("SELECT 1 FROM queue_member WHERE queue_name = ?", { tostring(id) }), 0, "refused as a whole")
end)

test("realtime fields at the top, under queue and under realtime", function(t)
  for i, body in ipairs({ { strategy = "random", maxlen = 3 }, { queue = { strategy = "random", maxlen = 3 } },
    { realtime = { strategy = "RANDOM", maxlen = "3" } } }) do
    body.name = "Realtime " .. i
    local res = call(t, "post", "/queues?tenant=DEMO", body)
    t.equal(res.status, 201, res.body)
    t.equal({ res.json.related.realtime.strategy, res.json.related.realtime.maxlen }, { "random", "3" }, tostring(i))
  end
  t.equal(call(t, "post", "/queues?tenant=DEMO", { name = "X", strategy = "fastest" }).json.error.field, "strategy")
end)

test("a queue changed is in the log with its members and realtime row, none of them when nothing changed", function(t)
  local a = extension(t, "112")
  local id = call(t, "post", "/queues?tenant=DEMO", { name = "Logged" }).json.id
  local function objects()
    local list = {}
    for _, row in ipairs(t.sql("SELECT lg_object FROM lg_processlogs WHERE lg_object_id = ? AND lg_action <> 'create' ORDER BY lg_id", { tostring(id) })) do
      list[#list + 1] = row.lg_object
    end
    return table.concat(list, " ")
  end
  local path = "/queues/" .. id .. "?tenant=DEMO"
  call(t, "patch", path, { members = { a }, maxlen = 5, full = { "EXT-" .. a } })
  local logged = objects()
  for _, name in ipairs({ "queue", "queue_member" }) do t.contains(logged, name) end
  t.equal(#t.sql("SELECT 1 FROM lg_processlogs WHERE lg_object = 'destination' AND lg_object_id = ?", { "QUEUE-FULL-" .. id }), 1)
  call(t, "patch", path, { maxlen = 5, full = { "EXT-" .. a } })
  t.equal(objects(), logged, "nothing changed")
end)

test("a queue plays music of its tenant or of all", function(t)
  local function music(tenant, key)
    return "moh-" .. call(t, "post", "/musiconholds?" .. tenant, { name = "M" }, key).json.id
  end
  local own, theirs = music("tenant=DEMO"), music("tenant=OTHER", t.other_key)
  local all = music("global=yes", t.global_key)
  local made = call(t, "post", "/queues?tenant=DEMO", { name = "Musical", musiconhold = own })
  t.equal(made.json.related.realtime.musiconhold, own, made.body)
  local path = "/queues/" .. made.json.id .. "?tenant=DEMO"
  for _, name in ipairs({ all, "default", "jazz" }) do
    t.equal(call(t, "patch", path, { queue = { musiconhold = name } }).status, 200, name)
  end
  for _, name in ipairs({ theirs, "moh-999999" }) do
    local res = call(t, "patch", path, { musiconhold = name })
    t.equal({ res.status, res.json.error.field }, { 409, "musiconhold" }, name)
  end
end)
