-- OpenAPI queue: spec example "Create a queue with realtime fields".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function extension(t, number)
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

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
