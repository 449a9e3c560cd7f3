-- OpenAPI mediafile: the sound comes in base64 and is never echoed.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

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
