-- MANAGEDB object voicemail.
local files = require "files"
local managedb = require "support.managedb"

local voicemail = managedb.object {
  object = "voicemail", id = "uniqueid", shown = { "mailbox" },
  fields = { mailbox = "9000", password = "1234567", fullname = "This is a test", email = "test@example.com" },
  change = { fullname = "Renamed" },
}
local call = voicemail.call

test("add, get, list, update, delete", voicemail.life)

test("bad data, foreign and read-only keys", voicemail.guard)

test("messages of a box and their audio", function(t)
  call(t, "add", nil, [[{"mailbox":"001","password":"1","fullname":"Box"}]])
  files.write("voicemail", "DEMO/001/INBOX/msg0000.txt",
    "[message]\norigtime=1475685709\nduration=3\nmsg_id=1475685709-00000001\n")
  files.write("voicemail", "DEMO/001/INBOX/msg0000.wav", "RIFFx")
  local found = call(t, "LISTMESSAGES", { mailboxuser = "001", mailbox = "INBOX" }).json
  local id, it = next(found)
  t.equal(it.msg_id, "1475685709-00000001")
  t.equal(call(t, "GETMESSAGERECORDING", { id = id }).body, "RIFFx")
  t.equal(call(t, "getmessagerecording", { id = "1" }).body, "")
end)

test("another recording in the place of a message's own", function(t)
  local id = next(call(t, "listmessages", { mailboxuser = "001", mailbox = "INBOX" }).json)
  local function put(more, body, key)
    local query = { reqtype = "MANAGEDB", object = "voicemail", action = "putmessagerecording", tenant = "DEMO",
      key = key or t.key, id = id }
    for name, value in pairs(more) do query[name] = value end
    return t.http:post("/mirtapbx/proxyapi.php", { query = query, body = body, headers = { ["Content-Type"] = "audio/wav" } })
  end
  t.equal(put({}, "RIFF....WAVEnew").json, { Response = "Success", Message = "OK" })
  t.equal(call(t, "getmessagerecording", { id = id }).body, "RIFF....WAVEnew")
  t.equal(put({}, "no sound").json.Message, "filename: not a WAV file")
  t.equal(put({}, "").json.Message, "No file")
  t.equal(put({ id = "1" }, "RIFF....WAVEnew").body, "")
  t.matches(put({}, "RIFF....WAVEnew", t.read_key).body, "^Too bad")
end)
