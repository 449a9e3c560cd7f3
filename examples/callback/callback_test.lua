-- Run with: patchbay test examples/callback
-- No CRM is configured here, so the phonebook alone knows names.
local PATH = "/callback/393331112222"

local function who(t, key, tenant)
  return t.http:get(PATH, { query = { key = key or t.key, tenant = tenant or "DEMO" } })
end

test("a caller nobody knows has no name", function(t)
  local res = who(t)
  t.equal(res.status, 200, res.body)
  t.contains(res.body, '"name":null')
  t.equal(res.json.connected, false)
end)

test("the phonebook's name, for its own tenant only", function(t)
  local headers = { ["X-API-Key"] = t.key }
  local book = t.http:post("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", {
    headers = headers, json = { name = "Callers" },
  }).json.id
  t.equal(t.http:post("/mirtapbx/openapi.php/phonebookcontacts?tenant=DEMO", {
    headers = headers, json = { pbid = book, NAME = "Ada", fields = { PHONE1 = "393331112222" } },
  }).status, 201)
  t.equal(who(t).json.name, "Ada")
  t.equal(who(t).json.source, "phonebook")
  t.contains(who(t, t.other_key, "OTHER").body, '"name":null')
end)

test("to ring needs a key that may write, and an extension", function(t)
  local query = { key = t.read_key, tenant = "DEMO", from = "101" }
  t.equal(t.http:post(PATH, { query = query }).status, 403)
  t.equal(t.http:post(PATH, { query = { key = t.key, tenant = "DEMO" } }).json.error.field, "from")
end)

test("an open call shows", function(t)
  t.ami:event("Newchannel", {
    Channel = "PJSIP/100-DEMO-00000001", ChannelState = "6", ChannelStateDesc = "Up", CallerIDNum = "100",
    ConnectedLineNum = "393331112222", AccountCode = "DEMO", Uniqueid = "1.1", Linkedid = "1.1",
  })
  t.eventually(function() return who(t).json.connected end, "connected")
  t.equal(who(t, t.other_key, "OTHER").json.connected, false)
end)
