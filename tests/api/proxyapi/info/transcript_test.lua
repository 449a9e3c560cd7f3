-- info=TRANSCRIPT reads what a job stored.
local client = require "support.proxyapi"
local transcript = require "model.transcript"
local ask, recording = client.ask, client.recording

local CTX = { actor = "job" }

test("TRANSCRIPT / Get the transcript for a recording", function(t)
  recording(t)
  local function get(more)
    local query = { reqtype = "INFO", info = "transcript", id = "srv02-1.1" }
    for name, value in pairs(more or {}) do query[name] = value end
    return ask(t, query)
  end
  t.equal(get().body, "")
  local pending = transcript.pending(CTX)
  t.equal({ #pending, pending[1].rm_path }, { 1, "DEMO/a.wav" })
  t.truthy(transcript.save(CTX, pending[1].rm_id, { transcript = "Good morning", summary = "A greeting",
    segments = { { speaker = "agent", start = 0.5, ["end"] = 1.25, text = "Good morning" } } }))
  t.equal(#transcript.pending(CTX), 0)
  t.equal(get().body, "Good morning")
  t.equal(get({ id = "15a4cfe6429054", format = "json" }).json, { uniqueid = "srv02-1.1", transcript = "Good morning",
    summary = "A greeting", segments = { { speaker = "agent", start = 0.5, ["end"] = 1.25, text = "Good morning" } } })
  t.equal(ask(t, { reqtype = "INFO", info = "transcript", id = "srv02-1.1", tenant = "OTHER" }, t.other_key).body, "")
end)

test("what is no transcript is refused, and not every caller may write", function(t)
  local id = t.sql("SELECT rm_id FROM rm_recordingmetadatas")[1].rm_id
  local ok, err = transcript.save(CTX, id, { transcript = 5 })
  t.equal({ ok, err.field }, { nil, "transcript" })
  ok, err = transcript.save(CTX, id, { transcript = "x", segments = { { start = 2, ["end"] = 1, text = "x" } } })
  t.equal({ ok, err.field }, { nil, "segments" })
  ok, err = transcript.save({ key = { read_only = true } }, id, { transcript = "x" })
  t.equal({ ok, err.code }, { nil, "denied" })
  ok, err = transcript.save({ tenant = { id = 2, code = "OTHER" } }, id, { transcript = "x" })
  t.equal({ ok, err.code }, { nil, "not_found" })
end)
