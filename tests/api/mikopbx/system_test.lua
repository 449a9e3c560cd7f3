-- /system: liveness.
local BASE = "/pbxcore/api/v3"

test("ping needs no key, POST is not allowed", function(t)
  local res = t.http:get(BASE .. "/system:ping")
  t.equal(res.status, 200)
  t.equal(res.json.result, true)
  t.equal(res.json.data, {})
  t.contains(res.body, '"data":[],"messages":[],"function":"ping"')
  t.equal(t.http:post(BASE .. "/system:ping").status, 405)
  t.equal(t.http:get(BASE .. "/system:getAvailableLanguages").json.data[1].code, "en")
end)

test("whether a key is good", function(t)
  local function check(key)
    return t.http:get(BASE .. "/system:checkAuth", { headers = { Authorization = "Bearer " .. key } })
  end
  t.equal({ check(t.key).status, check(t.read_key).status, check("nonsense").status }, { 200, 200, 401 })
end)
