-- /general-settings: what has an effect here, and what is refused by name.
local client = require "support.mikopbx"
local ask = client.asker("general-settings", "global_key")

test("all of them, one, and the template", function(t)
  local all = ask(t, "get", "").json.data
  for _, name in ipairs({ "PBXName", "PBXInternalExtensionLength", "WebAdminLanguage", "SIPPort", "TLSPort", "RTPPortFrom", "RTPPortTo" }) do
    t.truthy(all[name] ~= nil, name)
    t.equal(all.settings[name], all[name])
  end
  t.equal({ all.SIPPort, all.PBXInternalExtensionLength, all.codecs[1].name }, { 5060, 3, "alaw" })
  t.equal(ask(t, "get", "/SIPPort").json.data, { SIPPort = 5060 })
  t.equal(ask(t, "get", "/Nothing").status, 422)
  t.equal(ask(t, "get", ":getDefault").json.data.PBXName, "")
end)

test("what has an effect is changed and counted", function(t)
  local res = ask(t, "patch", "", { PBXName = "Office", settings = { PBXDescription = "two\nlines" } })
  t.equal(res.json.messages.success, { "2 settings were updated" })
  t.equal({ res.json.data.PBXName, res.json.data.PBXDescription }, { "Office", "two\nlines" })
  t.equal(ask(t, "patch", "", { PBXName = "Office", PBXRateLimitEnabled = "0", SIPPort = "5060" }).json.messages.info,
    { "No settings were changed" })
  local whole = ask(t, "get", "").json.data
  whole.PBXInternalExtensionLength = 4
  t.equal(ask(t, "put", "", whole).json.messages.success, { "1 setting was updated" })
  t.equal(ask(t, "get", "").json.data.PBXInternalExtensionLength, 4)
  t.equal(t.http:get(client.BASE .. "/employees:getDefault", { headers = client.bearer(t, t.global_key) }).json.data.number, "1001")
  t.equal(t.sql("SELECT count(*) AS n FROM te_tenants WHERE te_name = 'Office'")[1].n, 1)
end)

test("the rest is refused by name, and nothing of it is done", function(t)
  local function wrong(json) return ask(t, "patch", "", json).json.messages.error end
  t.equal(wrong({ SIPPort = 5070, PBXName = "Other" }), { SIPPort = "cannot be changed here" })
  t.equal(wrong({ PBXRateLimitEnabled = "1" }), { PBXRateLimitEnabled = "cannot be changed here" })
  t.truthy(wrong({ NoSuchThing = 1 }).NoSuchThing)
  t.matches(wrong({ PBXInternalExtensionLength = 20 })[1], "^Field 'PBXInternalExtensionLength'")
  t.equal(ask(t, "get", "").json.data.PBXName, "Office")
  t.equal(ask(t, "post", ":updateCodecs", { codecs = {} }).status, 422)
  t.equal(ask(t, "patch", "", { PBXName = "Mine" }, t.key).status, 403)
  t.equal(ask(t, "patch", "", { PBXDescription = "Mine" }, t.key).status, 200)
end)
