-- /outbound-routes: rules of the tenant's routing profile.
local client = require "support.mikopbx"
local ask = client.asker("outbound-routes", "global_key")

test("a route is a rule of the tenant's profile, which its first route makes", function(t)
  t.sql("UPDATE te_tenants SET te_rp_id = NULL")
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech) VALUES (5, 'Main', 'main', 'PJSIP')")
  t.equal(ask(t, "get", "").json.data, {})
  local res = ask(t, "post", "", { rulename = "World", providerid = "SIP-5", numberbeginswith = "00",
    restnumbers = 9, trimfrombegin = 2, prepend = "+", note = "n", priority = 7 })
  t.equal(res.status, 201)
  local it = res.json.data
  t.equal({ it.rulename, it.providerid, it.numberbeginswith, it.restnumbers, it.trimfrombegin, it.prepend,
    it.priority, it.note, it.provider_type }, { "World", "SIP-5", "00", 9, 2, "+", 7, "n", "SIP" })
  t.equal(t.sql([[SELECT dl_regex, dl_deldigits, dl_adddigits, dl_pr_id FROM dl_dialingrules
    JOIN te_tenants ON te_rp_id = dl_rp_id]]),
    { { dl_regex = "^00[0-9]{9}$", dl_deldigits = 2, dl_adddigits = "+", dl_pr_id = 5 } })
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
end)

test("what is wrong is named; a tenant's own key has no business here", function(t)
  local function wrong(json) return ask(t, "post", "", json).json.messages.error end
  t.equal(wrong({ providerid = "SIP-5" }), { rulename = "is required" })
  t.equal(wrong({ rulename = "x" }), { providerid = "is required" })
  t.truthy(wrong({ rulename = "x", providerid = "SIP-99" }).providerid)
  t.truthy(wrong({ rulename = "x", providerid = "SIP-5", numberbeginswith = "a.*" }).numberbeginswith)
  t.truthy(wrong({ rulename = "x", providerid = "SIP-5", numberbeginswith = "(7|8" }).numberbeginswith)
  t.truthy(wrong({ rulename = "x", providerid = "SIP-5", prepend = "w" }).prepend)
  t.matches(wrong({ rulename = "x", providerid = "SIP-5", restnumbers = 21 })[1], "at most 20")
  t.equal(ask(t, "get", "", nil, t.key).status, 403)
  t.equal(ask(t, "post", "", { rulename = "x", providerid = "SIP-5" }, t.global_read_key).status, 403)
end)

test("changed, ordered, copied, deleted", function(t)
  local first = ask(t, "get", "").json.data[1]
  local second = ask(t, "post", "", { rulename = "Rest", providerid = "SIP-5", numberbeginswith = "(7|8)" }).json.data
  t.equal({ second.numberbeginswith, second.restnumbers }, { "(7|8)", -1 })
  t.equal(ask(t, "get", "").json.data[1].id, second.id)
  t.equal(ask(t, "post", ":changePriority", { priorities = { [first.id] = 1, [second.id] = 2 } }).json.data.updated, 2)
  t.equal(ask(t, "get", "").json.data[1].id, first.id)
  t.equal(ask(t, "post", ":changePriority", { priorities = { ["999"] = 1 } }).status, 422)
  local it = ask(t, "patch", "/" .. first.id, { restnumbers = 0 }).json.data
  t.equal({ it.restnumbers, it.numberbeginswith, it.note }, { 0, "00", "n" })
  t.equal(ask(t, "put", "/" .. first.id, { rulename = "x" }).status, 422)
  it = ask(t, "put", "/" .. first.id, { rulename = "World", providerid = "SIP-5", numberbeginswith = "00" }).json.data
  t.equal({ it.rulename, it.numberbeginswith, it.restnumbers }, { "World", "00", -1 })
  t.equal(ask(t, "get", "/" .. first.id .. ":copy").json.data.rulename, "copy of World")
  t.equal(ask(t, "get", ":getDefault").json.data.restnumbers, -1)
  t.equal(ask(t, "delete", "/" .. second.id).json.data, {})
  t.equal(ask(t, "delete", "/" .. second.id).status, 404)
  t.equal(ask(t, "get", "/" .. second.id).status, 422)
end)

test("a pattern of another dialect stays as it is until somebody changes it", function(t)
  local id = ask(t, "get", "").json.data[1].id
  t.sql("UPDATE dl_dialingrules SET dl_regex = '^0[1-9].*x$'")
  t.equal(ask(t, "get", "/" .. id).json.data.numberbeginswith, "^0[1-9].*x$")
  t.equal(ask(t, "patch", "/" .. id, { note = "m" }).status, 200)
  t.equal(t.sql("SELECT dl_regex FROM dl_dialingrules")[1].dl_regex, "^0[1-9].*x$")
end)
