-- info=INFORECORDING describes a recording.
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
