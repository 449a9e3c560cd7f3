-- /system: liveness.
local client = require "support.mikopbx"
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

test("the clock is told and not set, the language is English", function(t)
  local ask = client.asker("system")
  t.truthy(ask(t, "get", ":datetime").json.data.timestamp > 1700000000)
  t.equal(ask(t, "put", ":datetime", { timestamp = 1 }).status, 422)
  t.equal(ask(t, "post", ":changeLanguage", { language = "en" }).json.data.WEB_ADMIN_LANGUAGE, "en")
  t.equal(ask(t, "patch", ":changeLanguage", { language = "xx" }).json.messages.error, { "Invalid language code: xx" })
  t.equal(ask(t, "post", ":changeLanguage", {}).status, 422)
  t.matches(ask(t, "post", ":reboot").json.messages.error[1], "^Action 'reboot'")
  t.equal(ask(t, "post", ":executeBashCommand", { command = "id" }).status, 422)
end)
