-- info=PLAYRECORDING plays a recording inline.
local PATH = "/mirtapbx/proxyapi.php"

local files = require "files"

local function recording(t)
  t.truthy(files.write("recordings", "DEMO/a.wav", "RIFF0123456789"))
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_linkedid, rm_originateid,
      rm_date, rm_src, rm_dst, rm_duration, rm_size, rm_format, rm_path)
    SELECT te_id, 'srv02-1.1', 'srv02-1.1', '15a4cfe6429054', '2026-01-02 03:04:05', '101', '102',
      7, 14, 'wav', 'DEMO/a.wav' FROM te_tenants WHERE te_code = 'DEMO']])
end

test("inline and by range", function(t)
  recording(t)
  local query = { reqtype = "INFO", info = "playrecording", id = "srv02-1.1", key = t.key,
    tenant = "DEMO" }
  local res = t.http:get(PATH, { query = query })
  t.contains(res.headers["content-disposition"], "inline")
  res = t.http:get(PATH, { query = query, headers = { Range = "bytes=4-7" } })
  t.equal(res.status, 206)
  t.equal(res.body, "0123")
end)
