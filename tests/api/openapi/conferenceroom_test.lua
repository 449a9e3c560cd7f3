-- OpenAPI conferenceroom: spec example "Create a conference room".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("Create a conference room", function(t)
  local res = call(t, "post", "/conferencerooms?tenant=DEMO",
    { name = "Weekly Meeting", number = "900", pin = "1234", adminpin = "4321", maxusers = 10 })
  t.equal(res.status, 201, res.body)
  local meetme = res.json.related.meetme
  t.equal(meetme.confno, "900-DEMO")
  t.equal(meetme.pin, "1234")
  t.equal(meetme.maxusers, "10")
  t.equal(res.json.cr_bookid, meetme.bookid)
  local moved = call(t, "patch", "/conference/" .. res.json.id .. "?tenant=DEMO", { number = "901" })
  t.equal(moved.json.related.meetme.confno, "901-DEMO", "the room follows its number")
  call(t, "delete", "/conferences/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM meetme"), 0)
end)
