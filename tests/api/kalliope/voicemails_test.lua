-- /voicemails: counts.
local files = require "files"
local xml = require "xml"
local client = require "support.kalliope"
local get, send = client.get, client.send

test("urgent, new and old messages of a box", function(t)
  send(t, "post", "/users/configs", "<user><exten>100</exten><sip_secret>pw-100-x</sip_secret>"
    .. "<first_name>A</first_name><last_name>B</last_name><vm_enabled>true</vm_enabled>"
    .. "<vm_secret>1</vm_secret></user>")
  client.apply(t)
  local text = "[message]\norigtime=1475685709\nduration=3\nmsg_id=1475685709-0000000%d\n"
  for i, folder in ipairs({ "INBOX", "INBOX", "Old" }) do
    files.write("voicemail", ("DEMO/100/%s/msg000%d.txt"):format(folder, i), text:format(i))
  end
  local it = xml.child(xml.child(get(t, "/voicemails/count/100").root, "voicemails"), "voicemail")
  t.equal(xml.value(it, "urg_messages"), "0")
  t.equal(xml.value(it, "new_messages"), "2")
  t.equal(xml.value(it, "old_messages"), "1")
  t.equal(#xml.child(get(t, "/voicemails/count/999").root, "voicemails"), 0)
end)
