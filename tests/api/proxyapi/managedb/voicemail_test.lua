-- MANAGEDB object voicemail.
local files = require "files"
local call = require("support.managedb").calls("voicemail")

local FIELDS = [[{"mailbox":"9000",
  "password":"1234567",
  "fullname":"This is a test",
  "email":"test@example.com"}]]

test("add, get, list, update, delete", function(t)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, FIELDS)
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json.uniqueid
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  t.equal(got.mailbox, "9000")
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  t.equal(listed.mailbox, got.mailbox)
  res = call(t, "update", { objectid = id }, [[{"fullname":"Renamed"}]])
  t.equal(res.json.fullname, "Renamed", res.body)
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end)

test("bad data, foreign and read-only keys", function(t)
  t.equal(call(t, "add", nil, "{broken").json,
    { Response = "Error", Message = "Invalid jsondata" })
  local id = call(t, "add", nil, FIELDS).json.uniqueid
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, [[{"fullname":"Renamed"}]], t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end)

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
