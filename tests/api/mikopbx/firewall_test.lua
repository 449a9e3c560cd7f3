-- /firewall: network filters, and the phones that go by them.
local client = require "support.mikopbx"
local named = require("support.trunk").named
local ask = client.asker("firewall")

local function employee(t, method, path, json)
  if method == "post" then named(t) end
  json.sip_secret = "S3cure-Pass-1!"
  return t.http[method](t.http, client.BASE .. "/employees" .. path, { headers = client.bearer(t), json = json })
end

local function endpoint(t) return t.sql("SELECT deny, permit FROM ps_endpoints WHERE id LIKE '201-%'")[1] end

test("a filter of a phone is its endpoint's, and follows", function(t)
  local res = ask(t, "post", "", { network = "10.1.0.0", subnet = 16, description = "Office", local_network = true })
  t.equal(res.status, 201)
  local it = res.json.data
  t.equal({ it.network, it.subnet, it.permit, it.deny, it.description, it.local_network, it.rules },
    { "10.1.0.0", 16, "10.1.0.0/16", "0.0.0.0/0", "Office", true, { SIP = "allow" } })
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  t.equal(ask(t, "get", "").json.data[1].permit, "10.1.0.0/16")
  local made = employee(t, "post", "", { number = "201", user_username = "Ann", sip_networkfilterid = it.id }).json.data
  t.equal(made.sip_networkfilterid, it.id)
  t.matches(made.sip_networkfilterid_represent, "Office$")
  t.equal(endpoint(t), { deny = "0.0.0.0/0,::/0", permit = "10.1.0.0/16" })
  t.equal(ask(t, "patch", "/" .. it.id, { network = "10.2.0.0" }).json.data.permit, "10.2.0.0/16")
  t.equal(endpoint(t).permit, "10.2.0.0/16")
  local whole = ask(t, "put", "/" .. it.id, { network = "10.3.0.0" }).json.data
  t.equal({ whole.permit, whole.description, whole.local_network }, { "10.3.0.0/24", "", false })
  t.equal(endpoint(t).permit, "10.3.0.0/24")
  t.equal(ask(t, "delete", "/" .. it.id).status, 409)
  employee(t, "patch", "/" .. made.id, { sip_networkfilterid = "none" })
  t.equal(endpoint(t), {})
  t.equal(employee(t, "patch", "/" .. made.id, { sip_networkfilterid = "999" }).status, 400)
  t.equal(ask(t, "delete", "/" .. it.id).json.data, {})
end)

test("what is wrong is named", function(t)
  local function wrong(json) return ask(t, "post", "", json).json.messages.error end
  t.equal(wrong({}), { network = "is required" })
  for _, network in ipairs({ "10.1.0", "300.1.1.1", "office", "::1", "10..1.1" }) do t.truthy(wrong({ network = network }).network, network) end
  t.truthy(wrong({ network = "10.0.0.0", deny = "x" }).deny)
  t.truthy(wrong({ network = "10.0.0.0", newer_block_ip = true }).newer_block_ip)
  t.truthy(wrong({ network = "10.0.0.0", currentRules = { SSH = true } }).currentRules)
  t.matches(wrong({ network = "10.0.0.0", subnet = 33 })[1], "^Field 'subnet'")
  t.equal(ask(t, "post", ":unbanIp", { ip = "10.0.0.1" }).status, 422)
  t.equal(ask(t, "get", ":getDefault").json.data.deny, "0.0.0.0/0")
end)

test("a filter is one tenant's", function(t)
  local id = ask(t, "post", "", { network = "10.3.0.0" }).json.data.id
  t.equal(ask(t, "get", "/" .. id, nil, t.other_key).status, 422)
  t.equal(#ask(t, "get", "", nil, t.other_key).json.data, 0)
  local made = t.http:post(client.BASE .. "/employees", { headers = client.bearer(t, t.other_key), json = { number = "201",
    user_username = "Eve", sip_secret = "S3cure-Pass-1!", sip_networkfilterid = id } })
  t.equal(made.status, 400)
end)
