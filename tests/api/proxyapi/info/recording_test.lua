-- info=RECORDING downloads a recording.
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

test("by unique id and originate id, a miss, no id, a foreign key", function(t)
  recording(t)
  local function get(id, key, tenant)
    return ask(t, { reqtype = "INFO", info = "recording", id = id, tenant = tenant }, key)
  end
  local res = get("srv02-1.1")
  t.equal(res.body, "RIFF0123456789")
  t.equal(res.headers["content-type"], "audio/x-wav")
  t.contains(res.headers["content-disposition"], "attachment")
  t.equal(get("15a4cfe6429054").body, "RIFF0123456789")
  t.equal(get("none").body, "")
  t.equal(get().body, "No id specified")
  t.equal(get("srv02-1.1", t.other_key, "OTHER").body, "")
end)
