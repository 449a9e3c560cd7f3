-- info=INFORECORDING describes a recording.
local client = require "support.proxyapi"
local ask, recording = client.ask, client.recording

test("the record of a recording", function(t)
  t.equal(ask(t, { reqtype = "INFO", info = "inforecording" }).body, "No id specified")
  recording(t)
  local it = ask(t, { reqtype = "INFO", info = "inforecording", id = "srv02-1.1",
    format = "json" }).json
  t.equal(it.uniqueid, "srv02-1.1")
  t.equal(it.duration, "7")
  t.equal(it.destination, "102")
  t.equal(ask(t, { reqtype = "INFO", info = "inforecording", id = "none" }).body, "")
end)
