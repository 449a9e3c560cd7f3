-- /sound-files: media files that come in by parts.
local client = require "support.mikopbx"
local ask = client.asker("sound-files")

-- A WAV of seconds at a rate, a tone in all its channels.
local function wav(rate, channels, seconds)
  local function le(value, bytes)
    local out = {}
    for i = 1, bytes do out[i], value = string.char(value % 256), math.floor(value / 256) end
    return table.concat(out)
  end
  local samples = {}
  for n = 0, rate * seconds - 1 do
    local value = math.floor(9000 * math.sin(n * 2 * math.pi * 440 / rate))
    samples[n + 1] = le(value < 0 and value + 65536 or value, 2):rep(channels)
  end
  local data = table.concat(samples)
  return "RIFF" .. le(36 + #data, 4) .. "WAVEfmt " .. le(16, 4) .. le(1, 2) .. le(channels, 2) .. le(rate, 4)
    .. le(rate * channels * 2, 4) .. le(channels * 2, 2) .. le(16, 2) .. "data" .. le(#data, 4) .. data
end

test("a file in parts is converted, made a sound and played by ranges", function(t)
  local bytes = wav(16000, 2, 1)
  local half = math.floor(#bytes / 2)
  local first = client.part(t, "/files:upload", { id = "up 1", name = "Hello.WAV", number = 1, total = 2, size = #bytes }, bytes:sub(1, half))
  t.equal(first.json.data, { upload_id = "up 1", filename = "uploads/up 1", d_status = "WAITING_FOR_NEXT_PART" })
  local function status() return t.http:get(client.BASE .. "/files:uploadStatus", { headers = client.bearer(t), query = { id = "up 1" } }) end
  t.equal(status().json.data.d_status, "WAITING_FOR_NEXT_PART")
  local path = client.part(t, "/files:upload", { id = "up 1", name = "Hello.WAV", number = 2, total = 2, size = #bytes }, bytes:sub(half + 1)).json.data
  t.equal(path.d_status, "UPLOAD_COMPLETE")
  t.equal(status().json.data.d_status, "UPLOAD_COMPLETE")
  local converted = ask(t, "post", ":convertAudioFile", { temp_filename = path.filename, category = "custom" }).json.data
  t.equal(converted, { "uploads/up 1.wav" })
  local res = ask(t, "post", "", { name = "Hello", path = converted[1], description = "d" })
  t.equal(res.status, 201)
  local it = res.json.data
  t.equal({ it.name, it.description, it.category, it.fileSize, it.duration }, { "Hello", "d", "custom", 44 + 16000, "00:01" })
  t.matches(it.path, "^DEMO/%d+%.wav$")
  t.equal(ask(t, "get", "").json.data, { it })
  t.equal(ask(t, "get", ":getForSelect").json.data[1].value, it.id)
  local headers = client.bearer(t)
  local played = t.http:get(client.BASE .. "/sound-files:playback", { headers = headers, query = { view = it.path } })
  t.equal({ played.status, #played.body, played.headers["x-audio-duration"] }, { 200, 16044, "1" })
  headers.Range = "bytes=0-3"
  local some = t.http:get(client.BASE .. "/sound-files:playback", { headers = headers, query = { view = it.path } })
  t.equal({ some.status, some.body }, { 206, "RIFF" })
  t.equal(t.http:get(client.BASE .. "/sound-files:playback", { headers = client.bearer(t, t.other_key), query = { view = it.path } }).status, 404)
  t.equal(t.http:get(client.BASE .. "/sound-files:playback", { headers = client.bearer(t), query = { view = "DEMO/../x.wav" } }).status, 422)
  t.equal(ask(t, "patch", "/" .. it.id, { name = "Hi" }).json.data.fileSize, 16044)
  local whole = ask(t, "put", "/" .. it.id, { name = "Ho", path = it.path }).json.data
  t.equal({ whole.name, whole.description, whole.path, whole.fileSize }, { "Ho", "", it.path, 16044 })
  local empty = ask(t, "get", ":getDefault").json.data
  t.equal({ empty.id, empty.name, empty.path, empty.category }, { "", "", "", "custom" })
end)

test("a sound of one part is a record at once, and goes", function(t)
  local made = client.part(t, "/sound-files:uploadFile", { id = "b", name = "Closed now.wav" }, wav(8000, 1, 2)).json.data
  local it = ask(t, "get", "/" .. made.sound_file_id).json.data
  t.equal({ it.name, it.duration }, { "Closed now", "00:02" })
  t.equal(ask(t, "delete", "/" .. it.id).json.data, {})
  t.equal(ask(t, "delete", "/" .. it.id).status, 404)
  t.equal(ask(t, "put", "/" .. it.id, { name = "x", path = "y" }).status, 404)
end)

test("what is no sound, no upload or another's is refused", function(t)
  local function wrong(json) return ask(t, "post", "", json).json.messages.error end
  t.equal(wrong({}), { name = "is required", path = "is required" })
  t.truthy(wrong({ name = "x", path = "/etc/passwd" }).path)
  t.truthy(wrong({ name = "x", path = "uploads/none" }).path)
  t.matches(wrong({ name = "x", path = "y", category = "moh" })[1], "^Field 'category'")
  client.part(t, "/files:upload", { id = "m", name = "song.mp3" }, "ID3 not a wav")
  t.contains(wrong({ name = "x", path = "uploads/m" }).path, "not a WAV file")
  t.equal(ask(t, "post", ":convertAudioFile", { temp_filename = "uploads/m", category = "custom" }).status, 422)
  t.equal(ask(t, "post", ":convertAudioFile", { category = "custom" }).json.messages.error, { "temp_filename parameter is required" })
  t.equal(ask(t, "post", "", { name = "x", path = "uploads/m" }, t.other_key).status, 422)
  t.equal(client.part(t, "/files:upload", { id = "m", name = "noending" }, "x").status, 422)
  t.equal(client.part(t, "/files:upload", { id = "m", name = "a.wav", number = 3, total = 2 }, "x").status, 422)
  t.equal(client.part(t, "/files:upload", { id = "m", name = "a.wav", size = 2 ^ 40 }, "x").status, 422)
  t.equal(client.part(t, "/files:upload", { id = "m", name = "a.wav" }, "x", t.read_key).status, 403)
  t.equal(t.http:post(client.BASE .. "/files:upload", { headers = client.bearer(t), json = {} }).status, 422)
end)
