-- States of IAX trunks.
local client = require "support.mikopbx"

test("a trunk is what Asterisk says of its user at its host", function(t)
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech, pr_host) VALUES (8, 'I', 'iuser', 'IAX2', '192.0.2.8')")
  t.ami:expect("IAXregistry", {}):reply("success")
  t.equal(client.administer(t, "get", "/iax:getRegistry").json.data[1].state, "Error register.")
  t.equal(t.http:get(client.BASE .. "/iax:getRegistry", { headers = client.bearer(t) }).json.data, {})
end)
