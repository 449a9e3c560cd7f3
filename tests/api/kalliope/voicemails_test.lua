-- /voicemails: counts.
local crypto = require "crypto"
local xml = require "xml"

local function headers(t, more)
  local list = { Authorization = "Basic " .. crypto.base64("admin:" .. crypto.md5(t.password)) }
  for name, value in pairs(more or {}) do list[name] = value end
  return list
end

local function get(t, path, method)
  local res = t.http[method or "get"](t.http, "/rest" .. path, { headers = headers(t) })
  res.root = xml.decode(res.body)
  return res
end

local function send(t, method, path, body)
  local res = t.http[method](t.http, "/rest" .. path, {
    headers = headers(t, { ["Content-Type"] = "text/xml" }),
    body = '<?xml version="1.0"?><kpbx_request>' .. body .. "</kpbx_request>",
  })
  res.root = xml.decode(res.body)
  return res
end

local files = require "files"

test("urgent, new and old messages of a box", function(t)
  send(t, "post", "/users/configs", "<user><exten>100</exten><sip_secret>pw-100-x</sip_secret>"
    .. "<first_name>A</first_name><last_name>B</last_name><vm_enabled>true</vm_enabled>"
    .. "<vm_secret>1</vm_secret></user>")
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
