-- info=RECORDING downloads a recording.
local client = require "support.proxyapi"
local ask, recording = client.ask, client.recording

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
