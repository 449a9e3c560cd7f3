-- kalliope.lib.user: what changes say of a user.
local user = require "kalliope.lib.user"
local xml = require "xml"

test("a change says what its tags say, and no more", function(t)
  local values = user.given(xml.decode("<user><first_name>Ada</first_name><sip_secret/><vm_enabled>true</vm_enabled></user>"))
  t.equal(values, { first_name = "Ada", vm_enabled = true })
end)

test("the tags of a mailbox count while there is one", function(t)
  local record = { id = 1, exten = "100", first_name = "A", last_name = "B" }
  user.fold(record, { vm_secret = "1" })
  t.equal(record.vm_secret, nil)
  user.fold(record, { vm_enabled = true, box = 7, vm_secret = "2" })
  t.equal({ record.box, record.vm_secret, record.vm_enabled }, { 7, "2", true })
  user.fold(record, { vm_enabled = false, vm_secret = "3" })
  t.equal({ record.vm_enabled, record.box, record.vm_secret }, { false })
end)
