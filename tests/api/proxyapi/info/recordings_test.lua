-- info=RECORDINGS lists recordings.
local client = require "support.proxyapi"
local ask, recording = client.ask, client.recording

test("within a span of dates", function(t)
  recording(t)
  local rows = ask(t, { reqtype = "INFO", info = "recordings", start = "2026-01-01",
    ["end"] = "2026-01-31", format = "json" }).json
  t.equal(#rows, 1)
  t.equal(rows[1].uniqueid, "srv02-1.1")
  t.matches(ask(t, { reqtype = "INFO", info = "recordings", start = "2026-01-01",
    ["end"] = "2026-01-31" }).body,
    "^uniqueid|linkedid|date|src|dst|direction|duration|size|format\n")
  t.equal(ask(t, { reqtype = "INFO", info = "recordings", start = "2020-01-01",
    ["end"] = "2020-01-31", format = "json" }).body, "[]")
end)

test("of the asked tenant", function(t)
  local theirs = { reqtype = "INFO", info = "recordings", start = "2026-01-01", ["end"] = "2026-01-31",
    format = "json", tenant = "OTHER" }
  t.equal(ask(t, theirs, t.other_key).body, "[]")
end)
