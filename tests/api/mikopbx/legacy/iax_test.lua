-- iax/... of the older API.
local client = require "support.mikopbx_legacy"
local session, API = client.session, client.API

test("IAX trunks and what Asterisk says of them", function(t)
  local headers = session(t)
  local function get() return t.http:get(API .. "/iax/getRegistry", { headers = headers }).json.data end
  t.equal(get(), {})
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech, pr_host) VALUES (8, 'I', 'iuser', 'IAX2', '192.0.2.8')")
  t.ami:expect("IAXregistry", {}):reply("error")
  t.equal(get(), { { state = "OFF", id = "IAX-8", username = "iuser", host = "192.0.2.8", noregister = "0" } })
  t.equal(t.http:get(API .. "/iax/getRegistry").status, 401)
end)
