-- /click2call: a call between two phones.
local xml = require "xml"
local client = require "support.kalliope"
local send, code = client.send, client.code

local function ask(t, inner)
  return send(t, "post", "/click2call", "<request_id>k</request_id><click2call>" .. inner
    .. "</click2call>")
end

test("queued, refused, and what is missing", function(t)
  send(t, "post", "/users/configs", "<user><exten>100</exten><sip_secret>pw-100-x</sip_secret>"
    .. "<first_name>A</first_name><last_name>B</last_name></user>")
  local both = "<exten>100</exten><number_to_call>101</number_to_call>"
  t.ami:expect("Originate", { Async = "true" })
    :reply("success", { Message = "Originate successfully queued" })
  local res = ask(t, both)
  t.equal(code(res, "click2call", "error_code"), "0", res.body)
  t.equal(xml.value(res.root, "request_id"), "k")
  t.ami:expect("Originate"):reply("error", "Originate failed")
  t.equal(code(ask(t, both), "click2call", "error_code"), "10")
  t.equal(code(ask(t, "<number_to_call>1</number_to_call>"), "click2call", "error_code"), "11")
  t.equal(code(ask(t, "<exten>100</exten>"), "click2call", "error_code"), "12")
  t.equal(code(ask(t, "<exten>999</exten><number_to_call>1</number_to_call>"), "click2call",
    "error_code"), "10")
  t.equal(code(ask(t, both .. "<type>exten</type>"), "click2call", "error_code"), "10")
  t.equal(code(ask(t, both .. "<type>nonsense</type>"), "click2call", "error_code"), "10")
end)
