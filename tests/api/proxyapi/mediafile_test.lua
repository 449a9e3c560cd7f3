-- reqtype=MEDIAFILE downloads sounds.
local ask = require("support.proxyapi").ask

test("MEDIAFILE / Retrieve a media file by its ID", function(t)
  local made = t.http:post("/mirtapbx/openapi.php/mediafiles", { query = { key = t.key, tenant = "DEMO" },
    json = { name = "Hello", format = "wav", data_base64 = "UklGRg==" } }).json
  local query = { reqtype = "MEDIAFILE", id = "19", action = "GETAUDIO", objectid = tostring(made.id) }
  local res = ask(t, query)
  t.equal({ res.body, res.headers["content-type"] }, { "RIFF", "audio/x-wav" })
  query.objectid = "9999"
  t.equal(ask(t, query).body, "")
  query.objectid = nil
  t.equal(ask(t, query).body, "")
  t.equal(ask(t, { reqtype = "MEDIAFILE", action = "getaudio", objectid = tostring(made.id), tenant = "OTHER" },
    t.other_key).body, "")
end)
