-- /incoming-routes: the DIDs that the other dialects see.
local client = require "support.mikopbx"
local ask = client.asker("incoming-routes")

test("a route is a DID with a destination", function(t)
  client.employee(t, "201", "John Doe")
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech) VALUES (5, 'Main', 'main', 'PJSIP')")
  local res = ask(t, "post", "", { rulename = "Office", number = "74951234567", extension = "201",
    provider = "SIP-5", note = "day\nand night", priority = 3 })
  t.equal(res.status, 201)
  local it = res.json.data
  t.equal({ it.rulename, it.number, it.extension, it.provider, it.providerName, it.priority, it.note },
    { "Office", "74951234567", "201", "SIP-5", "Main", 3, "day\nand night" })
  t.matches(it.extensionRepresent, "John Doe <201>$")
  t.equal(res.json.reload, "incoming-routes/modify/" .. it.id)
  local row = t.sql([[SELECT di_number, di_comment, de_type_dst FROM di_dids
    JOIN de_destinations ON de_type_src = 'DID' AND de_type_id_src = di_id]])
  t.equal(row, { { di_number = "74951234567", di_comment = "Office", de_type_dst = "EXT" } })
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  t.equal(ask(t, "get", "").json.data, { it })
end)

test("what is wrong is named, a number is one route's", function(t)
  local function post(json) return ask(t, "post", "", json) end
  t.equal(post({ extension = "201" }).json.messages.error, { number = "is required" })
  t.equal(post({ number = "1" }).json.messages.error, { extension = "is required" })
  t.truthy(post({ number = "1", extension = "999" }).json.messages.error.extension)
  t.truthy(post({ number = "1a", extension = "201" }).json.messages.error.number)
  t.truthy(post({ number = "1", extension = "201", provider = "SIP-9" }).json.messages.error.provider)
  t.truthy(post({ number = "1", extension = "201", audio_message_id = "9" }).json.messages.error.audio_message_id)
  t.equal(post({ number = "+74951234567", extension = "201" }).status, 409)
  t.equal(ask(t, "post", "", { number = "1", extension = "201" }, t.read_key).status, 403)
  t.equal(#ask(t, "get", "", nil, t.other_key).json.data, 0)
end)

test("changed, ordered, copied, listed as DIDs, deleted", function(t)
  local second = ask(t, "post", "", { number = "74950000000", extension = "busy", priority = 1 }).json.data
  local list = ask(t, "get", "").json.data
  local first = list[2]
  t.equal(list[1], second)
  t.equal(ask(t, "patch", "/" .. first.id, { extension = "hangup" }).json.data.extension, "hangup")
  t.equal(ask(t, "get", "/" .. first.id).json.data.note, "day\nand night")
  t.equal(ask(t, "put", "/" .. first.id, { rulename = "x" }).status, 422)
  t.equal(ask(t, "put", "/" .. first.id, { number = "74951234567", extension = "201" }).json.data.note, "")
  t.equal(ask(t, "patch", "/" .. second.id, { number = "74951234567" }).status, 409)
  local order = ask(t, "post", ":changePriority", { priorities = { [first.id] = 1, [second.id] = 2 } })
  t.equal(order.json.data.updated, 2)
  t.equal(ask(t, "get", "").json.data[1].id, first.id)
  t.equal(ask(t, "post", ":changePriority", { priorities = { ["99"] = 1 } }).status, 422)
  local copy = ask(t, "post", "/" .. second.id .. ":copy").json.data
  t.equal({ copy.id, copy.number, copy.extension }, { "", "", "busy" })
  t.equal(#ask(t, "get", ":getUniqueDIDs").json.data, 2)
  t.equal(ask(t, "get", ":getDefault").json.data.timeout, 18)
  t.equal(ask(t, "get", ":getDefaultRoute").json.data.extension, "hangup")
  t.equal(ask(t, "delete", "/" .. second.id, nil, t.other_key).status, 404)
  t.equal(ask(t, "delete", "/" .. second.id).json.data, {})
  t.equal(ask(t, "delete", "/" .. second.id).status, 404)
  t.equal(ask(t, "get", "/" .. second.id).status, 422)
end)

test("a sound is played before", function(t)
  t.sql("INSERT INTO me_mediafiles (me_id, me_te_id, me_name) SELECT 7, te_id, 'Hello' FROM te_tenants WHERE te_code = 'DEMO'")
  local it = ask(t, "post", "", { number = "555", extension = "201", audio_message_id = "7" }).json.data
  t.equal({ it.audio_message_id, it.extension }, { "7", "201" })
  local row = t.sql("SELECT targets FROM dialplan_destination WHERE id = 'DID-" .. it.id .. "'")[1]
  t.matches(row.targets, "^PLAYBACK%-7&EXT%-%d+$")
end)

test("a route of one provider, and of none", function(t)
  local it = ask(t, "post", "", { number = "7000", extension = "busy", provider = "SIP-5" }).json.data
  local function rule() return t.sql("SELECT provider FROM dialplan_didrules WHERE id = " .. it.id)[1].provider end
  t.equal({ it.provider, it.providerName, rule() }, { "SIP-5", "Main", "main" })
  it = ask(t, "patch", "/" .. it.id, { rulename = "Named" }).json.data
  t.equal({ it.provider, rule() }, { "SIP-5", "main" })
  it = ask(t, "patch", "/" .. it.id, { provider = "none" }).json.data
  t.equal({ it.provider, it.providerName, rule() }, { "none", "", "" })
  it = ask(t, "patch", "/" .. it.id, { provider = "SIP-5" }).json.data
  t.equal(rule(), "main")
  it = ask(t, "put", "/" .. it.id, { number = "7000", extension = "busy" }).json.data
  t.equal({ it.provider, rule() }, { "none", "" })
end)

test("the provider of a route does not go by another door; by this one its routes go with it", function(t)
  local function administer(method, path, json) return client.administer(t, method, path, json) end
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech) VALUES (6, 'Second', 'second', 'PJSIP')")
  local mine = ask(t, "post", "", { number = "7001", extension = "busy", provider = "SIP-6" }).json.data
  local theirs = ask(t, "post", "", { number = "7002", extension = "busy", provider = "SIP-6" }, t.other_key).json.data
  local out = administer("post", "/outbound-routes", { rulename = "Out", providerid = "SIP-6" })
  t.equal(out.status, 201, out.body)
  local refused = t.http:delete("/mirtapbx/openapi.php/providers/6", { headers = { ["X-API-Key"] = t.global_key } })
  t.equal(refused.status, 409, refused.body)
  t.sql("INSERT INTO di_dids (di_te_id, di_number) SELECT di_te_id, '7003' FROM di_dids WHERE di_id = " .. theirs.id)
  local gone = administer("delete", "/sip-providers/SIP-6")
  t.equal(gone.json.messages.info, { "api_ProviderDeleted" }, gone.body)
  t.equal(t.sql("SELECT di_number FROM di_dids WHERE di_number IN ('7000', '7001', '7002', '7003') ORDER BY di_number"),
    { { di_number = "7000" }, { di_number = "7003" } })
  t.equal(ask(t, "get", "/" .. mine.id).status, 422)
  t.equal(#administer("get", "/outbound-routes").json.data, 0)
  t.equal(t.sql("SELECT 1 FROM mk_incomingroutes WHERE mi_pr_id = 6"), {})
end)
