-- MANAGEDB object mediafile.
local client = require "support.managedb"
local crypto = require "crypto"
local call = client.calls("mediafile")

local function add(t, name)
  return call(t, "add", nil, ([[{"me_name":"%s","me_format":"wav","data_base64":"UklGRg=="}]]):format(name)).json
end

test("Getting the media file list", function(t)
  local made = add(t, "Hello")
  t.equal({ made.me_name, made.me_size, made.me_data }, { "Hello", "4", nil })
  t.equal(call(t, "list").json[made.me_id].me_name, "Hello")
  -- Getting info for a media file
  t.equal(call(t, "get", { objectid = made.me_id }).json.me_format, "wav")
  t.equal(call(t, "get", { objectid = made.me_id, tenant = "OTHER" }, nil, t.other_key).body, "")
  t.equal(call(t, "delete", { objectid = made.me_id }).json.Response, "Success")
  t.equal(call(t, "get", { objectid = made.me_id }).body, "")
end)

test("Updating a media file", function(t)
  local made = add(t, "Hello")
  t.equal(call(t, "update", { objectid = made.me_id }, [[{"me_name":"Beep"}]]).json.me_name, "Beep")
end)

test("Getting the binary part of a media file", function(t)
  local made = add(t, "Hello")
  local res = call(t, "getbinary", { objectid = made.me_id })
  t.equal({ res.body, res.headers["content-type"] }, { "RIFF", "audio/x-wav" })
  t.equal(call(t, "getbinary", { objectid = "9999" }).body, "")
end)

test("Updating the binary part of a media file", function(t)
  local made = add(t, "Hello")
  local function put(body, content_type, id, key)
    return t.http:post("/mirtapbx/proxyapi.php", { body = body, headers = { ["Content-Type"] = content_type },
      query = { reqtype = "MANAGEDB", object = "MEDIAFILE", action = "updatebinary", objectid = id or made.me_id,
        tenant = "DEMO", key = key or t.key } })
  end
  local row = put("RIFF raw", "audio/wav").json
  t.equal({ row.me_size, row.me_md5 }, { "8", crypto.md5("RIFF raw") })
  t.equal(call(t, "getbinary", { objectid = made.me_id }).body, "RIFF raw")
  local form = '--x\r\nContent-Disposition: form-data; name="filename"; filename="a.wav"\r\n'
    .. "Content-Type: audio/wav\r\n\r\nRIFF part\r\n--x--\r\n"
  t.equal(put(form, "multipart/form-data; boundary=x").json.me_size, "9")
  t.equal(call(t, "getbinary", { objectid = made.me_id }).body, "RIFF part")
  t.equal(put("", "audio/wav").json.Message, "No file")
  t.equal(put("RIFF", "audio/wav", "9999").body, "")
  t.matches(put("RIFF", "audio/wav", made.me_id, t.read_key).body, "^Too bad")
end)
