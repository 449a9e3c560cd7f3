-- OpenAPI mediafile: the sound comes in base64 and is never echoed.
local files = require "files"

local call = require("support.openapi").call

local function sound_of(path) return (files.read("media", path)) end

test("a sound is kept, measured and not echoed", function(t)
  local res = call(t, "post", "/mediafiles?tenant=DEMO", { name = "Hello", format = "wav", data_base64 = "aGVsbG8=" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.me_size, "5")
  t.equal(res.json.me_md5, "5d41402abc4b2a76b9719d911017c592")
  t.equal(res.json.me_data, nil)
  t.equal(call(t, "get", "/media?id=" .. res.json.id, nil, t.global_key).json.me_data, nil)
end)

test("what is not base64 is refused", function(t)
  t.equal(call(t, "post", "/mediafiles?tenant=DEMO", { name = "X", data_base64 = "%%" }).json.error.field, "data_base64")
end)

-- Asterisk plays files: a sound that is only in the store is never heard.
test("the sound is a file of the tenant's, moved and removed with its object", function(t)
  local res = call(t, "post", "/mediafiles?tenant=DEMO", { name = "Hello", format = "wav", data_base64 = "aGVsbG8=" })
  local id = res.json.id
  local path = "/mediafiles/" .. id .. "?tenant=DEMO"
  t.equal(sound_of("DEMO/" .. id .. ".wav"), "hello")
  call(t, "patch", path, { data_base64 = "YnllYnll" })
  t.equal(sound_of("DEMO/" .. id .. ".wav"), "byebye")
  call(t, "patch", path, { format = "gsm" })
  t.equal(sound_of("DEMO/" .. id .. ".wav"), nil)
  t.equal(sound_of("DEMO/" .. id .. ".gsm"), "byebye")
  call(t, "patch", path, { format = "alaw", data_base64 = "aGVsbG8=" })
  t.equal(sound_of("DEMO/" .. id .. ".gsm"), nil)
  t.equal(call(t, "delete", path).status, 200)
  t.equal(sound_of("DEMO/" .. id .. ".alaw"), nil)
  res = call(t, "post", "/mediafiles?global=yes", { name = "All", data_base64 = "aGVsbG8=", format = "wav" }, t.global_key)
  t.equal(sound_of("_global/" .. res.json.id .. ".wav"), "hello", res.body)
end)

test("a dry run writes no file", function(t)
  local res = call(t, "post", "/mediafiles?tenant=DEMO&dry_run=1", { name = "Hello", format = "wav", data_base64 = "aGVsbG8=" })
  t.equal(sound_of("DEMO/" .. tostring(res.json.id) .. ".wav"), nil, res.body)
end)
