-- /files: uploads in parts, and what is the machine's own.
local client = require "support.mikopbx"

test("nobody's upload, and the machine's files", function(t)
  local function get(path) return t.http:get(client.BASE .. path, { headers = client.bearer(t) }) end
  t.equal(get("/files:uploadStatus?id=none").status, 422)
  t.equal(get("/files/etc").status, 422)
  t.equal(get("/files:firmwareStatus").status, 422)
end)

test("an upload is its tenant's, and too many wait for nothing", function(t)
  for i = 1, 20 do t.equal(client.part(t, "/files:upload", { id = "f" .. i, name = "a.csv" }, "x").status, 200) end
  t.equal(client.part(t, "/files:upload", { id = "f21", name = "a.csv" }, "x").status, 422)
  t.equal(client.part(t, "/files:upload", { id = "f20", name = "a.csv" }, "y").status, 200)
  local other = t.http:get(client.BASE .. "/files:uploadStatus", { headers = client.bearer(t, t.other_key), query = { id = "f1" } })
  t.equal(other.status, 422)
end)
