-- info=PLAYRECORDING plays a recording inline.
local client = require "support.proxyapi"
local recording, PATH = client.recording, client.PATH

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
