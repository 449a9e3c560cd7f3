-- What a new employee is offered.
local client = require "support.mikopbx"
local named = require("support.trunk").named

test("a number that is free and a password that is taken", function(t)
  client.employee(t, "230", "Ann")
  local offered = t.http:get(client.BASE .. "/employees:getDefault", { headers = client.bearer(t) }).json.data
  t.equal({ offered.id, offered.number, offered.extensions_length, #offered.sip_secret }, { "", "231", 3, 20 })
  offered.user_username = "Ben"
  named(t)
  local made = t.http:post(client.BASE .. "/employees", { headers = client.bearer(t), json = offered })
  t.equal({ made.status, made.json.data.sip_transport }, { 201, "udp,tcp" }, made.body)
end)
