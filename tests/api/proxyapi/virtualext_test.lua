-- reqtype=VIRTUALEXT keeps who a virtual extension rings.
local client = require "support.proxyapi"
local extension = client.extension

local function ask(t, query, key)
  query.reqtype = "VIRTUALEXT"
  return client.ask(t, query, key)
end

test("list, add, del and clean", function(t)
  t.http:post("/mirtapbx/openapi.php/extensions", { query = { key = t.key, tenant = "DEMO" },
    json = { number = "500", name = "All", tech = "VIRTUAL" } })
  extension(t, "103")
  extension(t, "104")
  t.equal(ask(t, { action = "list" }).body, "No number specified")
  t.equal(ask(t, { action = "list", number = "103" }).body, "")
  t.equal(ask(t, { action = "list", number = "500", format = "json" }).body, "[]")
  t.equal(ask(t, { action = "add", number = "500" }).body, "No extension specified")
  t.equal(ask(t, { action = "add", number = "500", extension = "104" }).body, "OK")
  t.equal(ask(t, { action = "add", number = "500", extension = "103-DEMO" }).body, "OK")
  t.equal(ask(t, { action = "add", number = "500", extension = "103" }).body, "extension: already a member: 103")
  t.equal(ask(t, { action = "add", number = "500", extension = "500" }).body, "extension: cannot be a member: 500")
  t.equal(ask(t, { action = "list", number = "500" }).body, "104-DEMO|103-DEMO|")
  t.equal(ask(t, { action = "del", number = "500", extension = "104" }).body, "OK")
  t.equal(ask(t, { action = "del", number = "500", extension = "104" }).body, "extension: not a member: 104")
  t.equal(ask(t, { action = "list", number = "500", format = "json" }).json, { "103-DEMO" })
  t.matches(ask(t, { action = "clean", number = "500" }, t.read_key).body, "^Too bad")
  t.equal(ask(t, { action = "clean", number = "500" }).body, "OK")
  t.equal(ask(t, { action = "list", number = "500" }).body, "")
end)
