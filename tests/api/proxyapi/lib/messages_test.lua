-- Messages as answers.
local client = require "support.proxyapi"
local ask, message = client.ask, client.message

test("the name of the file is the message's id", function(t)
  message(t)
  local res = ask(t, { reqtype = "VOICEMAIL", action = "message", mailbox = "102", msgid = "1475685709-00000004" })
  t.equal(res.headers["content-disposition"], 'attachment; filename="1475685709-00000004.wav"')
  t.equal(ask(t, { reqtype = "VOICEMAIL", action = "message", mailbox = "102" }).body, "")
end)
