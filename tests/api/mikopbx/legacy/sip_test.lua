-- sip/... of the older API.
local client = require "support.mikopbx_legacy"
local named = require("support.trunk").named
local session, API = client.session, client.API

test("peers, one peer, registry, secret", function(t)
  local headers = session(t)
  named(t)
  t.http:post("/pbxcore/api/v3/employees", {
    headers = { Authorization = "Bearer " .. t.key },
    json = { number = "201", user_username = "John", sip_secret = "S3cure-Pass-1!" },
  })
  local res = t.http:get(API .. "/sip/getPeersStatuses", { headers = headers })
  t.equal(res.json.jsonapi, { version = "1.0" })
  t.equal(res.json.result, true)
  t.equal(res.json.data[1].id, "201")
  t.equal(res.json.data[1].state, "UNKNOWN")
  t.equal(res.json["function"], "getPeersStatuses")
  t.matches(res.json.processor, "SIPStackProcessor::getPeersStatuses$")
  res = t.http:post(API .. "/sip/getSipPeer", { headers = headers, body = '{"peer":"201"}' })
  t.equal(res.json.data, { state = "UNKNOWN" })
  t.ami:event("ContactStatus", { URI = "sip:201@172.16.156.1:60939;ob",
    ContactStatus = "Reachable", AOR = "201-DEMO", EndpointName = "201-DEMO",
    RoundtripUsec = "5871" })
  local it = t.eventually(function()
    local found = t.http:post(API .. "/sip/getSipPeer", { headers = {
      Cookie = headers.Cookie, ["Content-Type"] = "application/x-www-form-urlencoded",
    }, body = '{"peer":"201"}' }).json.data
    return found.state == "OK" and found
  end)
  t.equal(it.URI, "sip:201@172.16.156.1:60939;ob")
  t.equal(it.Status, "Reachable")
  t.equal(it.RoundtripUsec, "5871")
  t.equal(it.AOR, "201")
  t.equal(t.http:get(API .. "/sip/getSipPeer", { headers = headers,
    query = { peer = "201" } }).json.data.state, "OK")
  t.equal(t.http:get(API .. "/sip/getRegistry", { headers = headers }).json.data, {})
  t.equal(t.http:get(API .. "/sip/getSecret", { headers = headers,
    query = { number = "201" } }).json.data.secret, "S3cure-Pass-1!")
end)

test("nothing named, unknown actions and controllers", function(t)
  local headers = session(t)
  local res = t.http:post(API .. "/sip/getSipPeer", { headers = headers, body = "{}" })
  t.equal(res.json.result, false)
  t.equal(res.json.messages.error, { "Empty peer value in POST/GET data" })
  res = t.http:get(API .. "/sip/nonsense", { headers = headers })
  t.equal(res.json.result, false)
  t.equal(res.json.messages.error, { "Unknown action - nonsense in sipCallBack" })
  t.equal(t.http:get(API .. "/nonsense/x", { headers = headers }).status, 404)
end)

-- Which of two devices was shown hung on their order.
test("several devices: the one that answers has the bare names", function(t)
  local headers = session(t)
  t.ami:event("ContactStatus", { URI = "sip:201@192.0.2.9:5061", ContactStatus = "Unreachable", AOR = "201-DEMO",
    EndpointName = "201-DEMO" })
  local it = t.eventually(function()
    local found = t.http:get(API .. "/sip/getSipPeer", { headers = headers, query = { peer = "201" } }).json.data
    return found["URI-1"] and found
  end)
  t.equal({ it.Status, it["Status-1"], it["URI-1"], it.state },
    { "Reachable", "Unreachable", "sip:201@192.0.2.9:5061", "OK" })
end)

-- A phone was reachable and a trunk registered on a PBX that nobody reached.
test("with Asterisk away everything is unknown", function(t)
  local headers = session(t)
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech) VALUES (5, 'Main', 'main', 'PJSIP')")
  t.log:expect("^warn ami node is away")
  t.ami:hang_up()
  t.eventually(function()
    local res = t.http:get(API .. "/sip/getSipPeer", { headers = headers, query = { peer = "201" } })
    return res.json.data.state == "UNKNOWN" and not res.json.data.URI
  end)
  t.equal(t.http:get(API .. "/sip/getRegistry", { headers = headers }).json.data[1].state, "UNKNOWN")
  local list = t.http:get("/pbxcore/api/v3/sip-providers", { headers = { Authorization = "Bearer " .. t.global_key } })
  t.equal(list.json.data[1].state, "UNKNOWN")
end)
