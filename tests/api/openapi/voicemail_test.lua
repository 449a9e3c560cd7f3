-- OpenAPI voicemail: spec example "Create a voicemail".
local call = require("support.openapi").call

test("Create a voicemail", function(t)
  local res = call(t, "post", "/voicemails?tenant=DEMO",
    { mailbox = "200", fullname = "Sales", password = "1234", email = "sales@example.com" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.mailbox, "200")
  t.equal(res.json.context, "DEMO", "the box of this tenant")
  t.equal(res.json.password, nil, "hidden from a tenant's key")
  t.equal(call(t, "get", "/voicemail?id=" .. res.json.id .. "&tenant=DEMO", nil, t.global_key).json.password, "1234")
end)

test("the context cannot be another tenant's", function(t)
  local res = call(t, "post", "/voicemails?tenant=DEMO", { number = "201", name = "B", context = "OTHER" })
  t.equal(res.json.context, "DEMO")
  t.equal(call(t, "get", "/voicemails/" .. res.json.id .. "?tenant=OTHER", nil, t.other_key).status, 404)
end)

test("a box twice is a conflict, a name that is no mailbox is refused", function(t)
  call(t, "post", "/voicemails?tenant=DEMO", { mailbox = "202" })
  t.equal(call(t, "post", "/voicemails?tenant=DEMO", { mailbox = "202" }).status, 409)
  local res = call(t, "post", "/voicemails?tenant=DEMO", { mailbox = "a b" })
  t.equal(res.json.error.field, "mailbox")
end)

test("the box of an extension's own number stays, follows its number and has no password to guess", function(t)
  local function ask(method, path, json)
    return t.http[method](t.http, "/mirtapbx/openapi.php" .. path .. "?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = json })
  end
  local id = ask("post", "/extensions", { number = "480", password = "secret-480", noanswer = { "SAMENUMBERVM" } }).json.id
  local function box(number) return t.sql("SELECT uniqueid, password FROM voicemail WHERE mailbox = ?", { number })[1] end
  t.matches(box("480").password, "^%d%d%d%d%d%d$")
  local refused = ask("delete", "/voicemails/" .. box("480").uniqueid)
  t.equal({ refused.status, refused.json.error.code }, { 409, "object_in_use" })
  t.equal(ask("patch", "/extensions/" .. id, { number = "481" }).status, 200)
  t.truthy(box("481"))
  t.equal(ask("delete", "/voicemails/" .. box("480").uniqueid).status, 200, "nobody's any more")
  t.equal(ask("patch", "/extensions/" .. id, { noanswer = {} }).status, 200)
  t.equal(ask("delete", "/voicemails/" .. box("481").uniqueid).status, 200)
end)
