-- OpenAPI provisioningphone.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function extension(t, number)
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("a phone with its lines and phonebooks", function(t)
  local id = extension(t, "340")
  local book = call(t, "post", "/phonebooks?tenant=DEMO", { name = "P" }).json.id
  local res = call(t, "post", "/phones?tenant=DEMO", { name = "Desk", mac = "00:11:22:aa:bb:cc", ph_line0_ex_id = id,
    password = "pw", phonebooks = { book } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.ph_mac, "001122AABBCC")
  t.equal(res.json.ph_password, nil)
  t.equal(res.json.related.phonebooks[1].pp_pb_id, tostring(book))
  t.equal(call(t, "post", "/phones?tenant=DEMO", { name = "Bad", mac = "zz" }).json.error.field, "mac")
  local other = call(t, "post", "/phones?tenant=OTHER", { name = "Bad", mac = "001122334455", ph_line0_ex_id = id }, t.other_key)
  t.equal(other.json.error.field, "ph_line0_ex_id")
end)
