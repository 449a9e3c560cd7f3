-- proxyapi.lib.recordings: types of audio, no id.
local recording = require "model.recording"
local recordings = require "proxyapi.lib.recordings"

test("by the ending of the name", function(t)
  t.equal(recording.type_of("DEMO/a.mp3"), "audio/mpeg")
  t.equal(recording.type_of("DEMO/a.wav"), "audio/x-wav")
  t.equal(recording.type_of("DEMO/a"), "application/octet-stream")
  t.equal(recording.type_of(nil), "application/octet-stream")
end)

test("no id has its own text", function(t)
  t.equal(recordings.serve({ params = {} }, "inline").text, "No id specified")
end)
