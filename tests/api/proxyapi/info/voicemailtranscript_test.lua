-- info=VOICEMAILTRANSCRIPT reads what a job stored.
local client = require "support.proxyapi"
local transcript = require "model.transcript"
local ask, message = client.ask, client.message

test("of a message in a file, and of one in the store", function(t)
  message(t)
  local id = ask(t, { reqtype = "VOICEMAIL", action = "messages", mailbox = "102", format = "json" }).json[1].id
  local function get(which) return ask(t, { reqtype = "INFO", info = "voicemailtranscript", id = which }) end
  t.equal({ get(id).body, get(nil).body }, { "", "" })
  local tenant = t.sql("SELECT te_id AS id, te_code AS code FROM te_tenants WHERE te_code = 'DEMO'")[1]
  t.truthy(transcript.save_message({ tenant = tenant }, "1475685709-00000004", "Call me back"))
  t.truthy(transcript.save_message({ tenant = tenant }, "1475685709-00000004", "Call me back, please"))
  t.equal({ get(id).body, get(id).headers["content-type"] }, { "Call me back, please", "text/plain; charset=UTF-8" })
  t.sql([[INSERT INTO voicemail_messages (id, dir, msgnum, mailboxuser, mailboxcontext, transcript)
    VALUES (77, '/x/102/INBOX', 3, '102', 'DEMO', 'From the store')]])
  t.equal(get("77").body, "From the store")
end)
