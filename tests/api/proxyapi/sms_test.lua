-- reqtype=SMS keeps messages; a job sends them.
local client = require "support.proxyapi"
local crypto = require "crypto"
local sms = require "model.sms"

local function send(t, more, key)
  local query = { reqtype = "SMS", source = "101", dest = "103", message = "Lunch?\nNow: 12:30 à la carte" }
  for name, value in pairs(more or {}) do query[name] = value end
  return client.ask(t, query, key)
end

local function state(t, id)
  return client.ask(t, { reqtype = "INFO", info = "sms", id = id, format = "json" }).json[1]
end

local function sent_id(res) return (res.body:match("^Success|SMS queued|(%x+)|$")) end

test("to a phone that is there", function(t)
  client.extension(t, "103")
  local id = sent_id(send(t))
  local it = state(t, id)
  t.equal({ it.status, it.direction, it.source, it.dest }, { "QUEUED", "OUT", "101", "103" })
  client.contact(t, "103")
  t.eventually(function()
    return client.ask(t, { reqtype = "INFO", info = "regstate", ext = "103" }).body:find("|Registered", 1, true)
  end)
  t.ami:expect("MessageSend", { Destination = "pjsip:103-DEMO", From = '"101" <sip:101@DEMO>',
    Base64Body = crypto.base64("Lunch?\nNow: 12:30 à la carte") }):reply("success", { Message = "Message successfully sent" })
  t.ami:expect("MessageSend", { From = '"Desk" <sip:101@DEMO>' }):reply("error", "no")
  local other = sent_id(send(t, { destclid = "Desk", account = "101" }))
  t.log:expect("^warn .*a message was not sent")
  client.ask(t, { reqtype = "COUNTCALLS" }) -- tells the fake both steps
  t.equal(sms.run(), 2)
  t.equal({ state(t, id).status, state(t, other).status }, { "SENT", "FAILED" })
  t.equal(sms.run(), 0)
end)

test("through the HTTP service of a provider", function(t)
  local got = t.url .. "/mirtapbx/proxyapi.php?key=" .. t.key .. "&tenant=DEMO&reqtype=SETTING&action=set&code=GOT&value="
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_tech, pr_smsprotocol, pr_smsurl) VALUES (70, 'Text', 'SMS', 'GET', ?)",
    { got .. "{source}+{dest}+{message}" })
  local function run(more)
    local id = sent_id(send(t, more))
    t.equal(sms.run(), 1)
    return state(t, id).status, t.sql("SELECT sm_error FROM sm_smses WHERE sm_uniqueid = ?", { id })[1].sm_error
  end
  t.log:expect("^warn .*a message was not sent")
  t.equal({ run({ dest = "0611223344" }) }, { "FAILED", "no provider for messages: set SMSPROVIDER" })
  t.sql("INSERT INTO se_settings (se_te_id, se_code, se_value) SELECT te_id, 'SMSPROVIDER', '70' FROM te_tenants WHERE te_code = 'DEMO'")
  t.equal({ run({ dest = "0611223344", message = "a&b=c" }) }, { "SENT", "" })
  t.equal(client.ask(t, { reqtype = "SETTING", action = "get", code = "GOT" }).body, "101 0611223344 a&b=c")
  t.sql("UPDATE pr_providers SET pr_smsprotocol = 'JSON', pr_smsurl = ?", { t.url .. "/nowhere" })
  local status, problem = run({ dest = "0611223344" })
  t.equal(status, "FAILED")
  t.matches(problem, "^Text answered 404")
end)

test("a host that went down while it sent does not send twice", function(t)
  local id = sent_id(send(t, { dest = "0611" }))
  t.sql("UPDATE sm_smses SET sm_status = 'SENDING', sm_claimed = '2020-01-01 00:00:00' WHERE sm_uniqueid = ?", { id })
  t.equal(sms.run(), 0)
  t.equal(state(t, id).status, "FAILED")
end)

test("what is no message is refused, and who may not send", function(t)
  t.matches(send(t, { message = "" }).body, "^Error|message: missing|")
  t.matches(send(t, { dest = "a b" }).body, "^Error|dest: not a number|")
  t.matches(send(t, { message = ("x"):rep(2001) }).body, "^Error|message: longer than 2000 bytes|")
  t.matches(send(t, { destclid = 'a"b' }).body, "^Error|destclid: not valid|")
  t.matches(send(t, nil, t.read_key).body, "^Too bad")
  t.equal(client.ask(t, { reqtype = "INFO", info = "sms", start = "2020-01-01", ["end"] = "2020-01-02" }).body,
    "id|date|direction|source|dest|message|status|uniqueid\n")
end)
