-- proxyapi.lib.recordings: types of audio, no id.
local ask = require("support.proxyapi").ask
local recording = require "model.recording"

test("by the ending of the name", function(t)
  t.equal(recording.type_of("DEMO/a.mp3"), "audio/mpeg")
  t.equal(recording.type_of("DEMO/a.wav"), "audio/x-wav")
  t.equal(recording.type_of("DEMO/a"), "application/octet-stream")
  t.equal(recording.type_of(nil), "application/octet-stream")
end)

test("no id has its own text", function(t)
  for _, info in ipairs({ "PLAYRECORDING", "RECORDING" }) do
    t.equal(ask(t, { reqtype = "INFO", info = info }).body, "No id specified", info)
  end
end)
