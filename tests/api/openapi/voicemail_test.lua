-- OpenAPI voicemail: spec example "Create a voicemail".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

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
