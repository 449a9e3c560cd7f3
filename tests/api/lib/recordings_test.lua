-- lib.recordings: types of audio.
local recordings = require "lib.recordings"

test("by the ending of the name", function(t)
  t.equal(recordings.type_of("DEMO/a.mp3"), "audio/mpeg")
  t.equal(recordings.type_of("DEMO/a.wav"), "audio/x-wav")
  t.equal(recordings.type_of("DEMO/a"), "application/octet-stream")
  t.equal(recordings.type_of(nil), "application/octet-stream")
end)

test("no id has its own text", function(t)
  t.equal(recordings.serve({ params = {} }, "inline").text, "No id specified")
end)
