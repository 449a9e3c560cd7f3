-- reqtype=VOICEMAIL lists mailboxes and messages.
local files = require "files"
local ask = require("support.proxyapi").ask

local function box(t, number)
  local res = t.http:post("/mirtapbx/openapi.php/voicemails", {
    query = { key = t.key, tenant = "DEMO" },
    json = { mailbox = number, password = "4321", fullname = "Box " .. number,
      email = "a@example.com" },
  })
  t.equal(res.status, 201, res.body)
end

local TEXT = [[
[message]
callerid="Ann" <101>
origtime=1475685709
duration=7
msg_id=1475685709-00000004
]]

test("list, messages, audio", function(t)
  box(t, "102")
  local folder = "DEMO/102/INBOX/"
  t.truthy(files.write("voicemail", folder .. "msg0000.txt", TEXT))
  t.truthy(files.write("voicemail", folder .. "msg0000.wav", "RIFFaudio"))
  local plain = ask(t, { reqtype = "VOICEMAIL", action = "list" }).body
  t.equal(plain, "Mailbox|Fullname|Email|Attach|\n102|Box 102|a@example.com||\n")
  local rows = ask(t, { reqtype = "VOICEMAIL", action = "list", format = "json" }).json
  t.equal(rows[1].mailbox, "102")
  t.equal(rows[1].password, nil)
  local found = ask(t, { reqtype = "VOICEMAIL", action = "messages", mailbox = "102",
    format = "json" }).json
  t.equal(#found, 1)
  t.equal(found[1].msg_id, "1475685709-00000004")
  t.equal(found[1].origtime, "1475685709")
  t.matches(found[1].dir, "/INBOX$")
  local res = ask(t, { reqtype = "VOICEMAIL", action = "message", mailbox = "102",
    msgid = "1475685709-00000004" })
  t.equal(res.body, "RIFFaudio")
  t.equal(res.headers["content-type"], "audio/x-wav")
  t.equal(ask(t, { reqtype = "VOICEMAIL", action = "message", mailbox = "102",
    msgid = "1-1" }).body, "")
  t.equal(ask(t, { reqtype = "VOICEMAIL", action = "messages", mailbox = "102",
    tenant = "OTHER" }, t.other_key).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "extstate" }).body, "\r\n")
end)

test("marked and deleted by Asterisk, which numbers the rest", function(t)
  local function ask_of(action, msgid, key)
    return ask(t, { reqtype = "VOICEMAIL", action = action, mailbox = "102", msgid = msgid }, key).body
  end
  local id = "1475685709-00000004"
  local where = { Context = "DEMO", Mailbox = "102", Folder = "INBOX", ID = id }
  where.ToFolder = "Old"
  t.ami:expect("VoicemailMove", where):reply("success")
  t.equal(ask_of("markread", id), "OK")
  t.equal(ask_of("MARKUNREAD", id), "OK", "it is there already")
  where.ToFolder = nil
  t.ami:expect("VoicemailRemove", where):reply("success")
  t.equal(ask_of("delete", id), "OK")
  t.equal(ask_of("delete", "1-1"), "")
  t.equal(ask_of("delete", nil), "")
  t.matches(ask_of("delete", id, t.read_key), "^Too bad")
end)

-- A softphone looks for these names and showed nothing.
test("the plain list has the names that softphones read", function(t)
  local files_of = "DEMO/102/Work/"
  t.truthy(files.write("voicemail", files_of .. "msg0000.txt", "[message]\norigtime=1475685709\nduration=7\nmsg_id=1475685709-00000009\n"))
  local body = ask(t, { reqtype = "VOICEMAIL", action = "messages", mailbox = "102" }).body
  local header = body:match("^[^\n]+")
  for _, name in ipairs({ "Msgid", "CallerID", "Dir", "Duration", "DateTime" }) do
    t.truthy(("|" .. header .. "|"):find("|" .. name .. "|", 1, true), name)
  end
  t.matches(body, "|1475685709%-00000009|2016%-10%-05 %d%d:%d%d:%d%d\n")
end)
