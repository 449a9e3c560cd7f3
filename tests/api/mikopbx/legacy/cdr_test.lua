-- cdr/... of the older API.
local files = require "files"
local client = require "support.mikopbx_legacy"
local session, API = client.session, client.API

test("running calls as a text within a list, channels as rows", function(t)
  local headers = session(t)
  t.equal(t.http:get(API .. "/cdr/getActiveCalls", { headers = headers }).json.data, { "[]" })
  t.ami:event("Newchannel", { Channel = "PJSIP/201-DEMO-00000001", ChannelState = "6",
    ChannelStateDesc = "Up", CallerIDNum = "201", AccountCode = "DEMO", Exten = "202",
    Uniqueid = "srv01-1.1", Linkedid = "srv01-1.1" })
  t.eventually(function()
    local data = t.http:get(API .. "/cdr/getActiveCalls", { headers = headers }).json.data
    return data[1]:find('"src_num":"201"', 1, true)
  end)
  local rows = t.http:get(API .. "/cdr/getActiveChannels", { headers = headers }).json.data
  t.equal(rows[1].src_chan, "PJSIP/201-DEMO-00000001")
end)

test("a recording by its path, never one outside", function(t)
  local headers = session(t)
  files.write("recordings", "DEMO/a.wav", "RIFF0123")
  files.write("recordings", "OTHER/b.wav", "RIFFsecret")
  local function play(view)
    return t.http:get(API .. "/cdr/playback", { headers = headers,
      query = { view = view, download = "1", filename = "x.wav" } })
  end
  local res = play("/var/spool/asterisk/monitor/DEMO/a.wav")
  t.equal(res.body, "RIFF0123")
  t.equal(res.headers["content-disposition"], 'attachment; filename="x.wav"')
  t.equal(t.http:get(API .. "/cdr/v2/getRecordFile", { headers = headers, query = { view = "DEMO/a.wav" } }).body,
    "RIFF0123")
  for _, path in ipairs({ "DEMO/none.wav", "OTHER/b.wav", "DEMO/../OTHER/b.wav",
    "../../etc/passwd", "/etc/passwd", "" }) do
    res = play(path)
    t.truthy(res.status == 404 or res.status == 403, path .. " " .. res.status)
    t.equal(res.body:find("RIFFsecret", 1, true), nil)
  end
end)
