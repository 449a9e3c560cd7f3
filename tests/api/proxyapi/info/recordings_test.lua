-- info=RECORDINGS lists recordings.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local files = require "files"

local function recording(t)
  t.truthy(files.write("recordings", "DEMO/a.wav", "RIFF0123456789"))
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_linkedid, rm_originateid,
      rm_date, rm_src, rm_dst, rm_duration, rm_size, rm_format, rm_path)
    SELECT te_id, 'srv02-1.1', 'srv02-1.1', '15a4cfe6429054', '2026-01-02 03:04:05', '101', '102',
      7, 14, 'wav', 'DEMO/a.wav' FROM te_tenants WHERE te_code = 'DEMO']])
end

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
