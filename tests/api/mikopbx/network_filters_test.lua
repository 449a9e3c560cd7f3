-- /network-filters: for choosing one.
local client = require "support.mikopbx"
local ask = client.asker("network-filters")

test("those that /firewall made, none and the machine itself", function(t)
  local made = client.asker("firewall")(t, "post", "", { network = "10.1.0.0", subnet = 16, description = "Office" }).json.data
  t.equal(ask(t, "get", "").json.data[1].description, "Office")
  t.equal(ask(t, "get", "/" .. made.id).json.data, made)
  t.equal(ask(t, "get", "/999").status, 422)
  local list = ask(t, "get", ":getForSelect").json.data
  t.equal({ #list, list[1].value, list[2].value, list[2].network }, { 2, "none", made.id, "10.1.0.0/16" })
  t.equal(ask(t, "get", ":getForSelect?includeLocalhost=1").json.data[2].value, "localhost")
  t.equal(ask(t, "post", "", { network = "10.0.0.0" }).status, 404)
end)
