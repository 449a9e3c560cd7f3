-- info=VOICEMAIL downloads a message.
local client = require "support.proxyapi"
local ask, message = client.ask, client.message

test("by the number that the list gives", function(t)
  message(t)
  local id = ask(t, { reqtype = "VOICEMAIL", action = "messages", mailbox = "102", format = "json" }).json[1].id
  local res = ask(t, { reqtype = "INFO", info = "voicemail", id = id })
  t.equal({ res.body, res.headers["content-type"] }, { "RIFF0123456789", "audio/x-wav" })
  t.equal(ask(t, { reqtype = "INFO", info = "voicemail" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "voicemail", id = "1" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "voicemail", id = id, tenant = "OTHER" }, t.other_key).body, "")
end)
