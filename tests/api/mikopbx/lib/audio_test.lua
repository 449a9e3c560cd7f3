-- Audio files as MikoPBX sends them; /cdr's tests hear them.
local audio = require "mikopbx.lib.audio"

test("a path that a client names is below the root, and names the download", function(t)
  t.equal(audio.named("/DEMO/2026/call.wav"), { path = "DEMO/2026/call.wav", name = "call" })
  t.equal(audio.named("DEMO/call"), { path = "DEMO/call", name = "call" })
  t.equal(audio.named("//"), { path = "", name = "recording" })
end)
