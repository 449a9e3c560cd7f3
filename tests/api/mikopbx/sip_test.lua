-- /sip: states of phones and trunks.
local client = require "support.mikopbx"
local bearer, employee, BASE = client.bearer, client.employee, client.BASE

local function get(t, path, key)
  return t.http:get(BASE .. path, { headers = bearer(t, key) })
end

test("a phone comes up in every form of the question", function(t)
  t.equal(get(t, "/sip:getStatuses").json.data, {})
  employee(t, "201", "John Doe")
  t.equal(get(t, "/sip:getStatuses").json.data["201"].status, "Unavailable")
  t.ami:event("ContactStatus", { URI = "sip:201@192.0.2.10:5060", ContactStatus = "Reachable",
    AOR = "201-DEMO", EndpointName = "201-DEMO", RoundtripUsec = "12340" })
  local it = t.eventually(function()
    local found = get(t, "/sip").json.data["201"]
    return found.status == "Available" and found
  end)
  t.equal(it.callerid, "John Doe")
  t.equal(it.rtt, 12.34)
  t.equal(it.devices[1].ip, "192.0.2.10")
  t.equal(it.devices[1].port, 5060)
  t.equal(get(t, "/sip/201:getStatus").json.data.status, "Available")
  t.equal(get(t, "/sip/201:getStatus?simplified=true").json.data,
    { extension = "201", status = "Available" })
  t.equal(get(t, "/sip/999:getStatus").status, 422)
  local checked = t.http:post(BASE .. "/sip/201:forceCheck", { headers = bearer(t) })
  t.equal({ checked.status, checked.json.data.status }, { 200, "Available" })
  t.equal(get(t, "/sip:getPeersStatuses").json.data[1].id, "201")
  t.equal(get(t, "/sip:getStatuses", t.other_key).json.data, {})
end)

test("the password for those who may write", function(t)
  t.equal(get(t, "/sip/201:getSecret").json.data, { number = "201", secret = "S3cure-Pass-1!" })
  t.equal(get(t, "/sip/999:getSecret").json.data, { number = "999", secret = "" })
  t.equal(get(t, "/sip/201:getSecret", t.read_key).status, 403)
  t.equal(get(t, "/sip/201:getSecret", t.other_key).json.data.secret, "")
end)

test("trunks in the registry", function(t)
  t.equal(get(t, "/sip:getRegistry", t.global_key).json.data, {})
end)
