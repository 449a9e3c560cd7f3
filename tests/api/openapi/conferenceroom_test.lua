-- OpenAPI conferenceroom: spec example "Create a conference room".
local call = require("support.openapi").call

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

test("the meetme row under its names, nested and flat, and a number twice", function(t)
  local res = call(t, "post", "/conferencerooms?tenant=DEMO", { name = "Nested", number = "910", startdate = "2026-01-02 10:00",
    enddate = "2026-01-02 11:00:00", hosted = "on", meetme = { pin = "11", adminpin = "22", opts = "c", adminopts = "a" } })
  t.equal(res.status, 201, res.body)
  local meetme = res.json.related.meetme
  t.equal({ meetme.pin, meetme.adminpin, meetme.opts, meetme.adminopts, meetme.starttime, meetme.endtime, res.json.cr_hosted },
    { "11", "22", "c", "a", "2026-01-02 10:00:00", "2026-01-02 11:00:00", "on" })
  res = call(t, "patch", "/conference/" .. res.json.id .. "?tenant=DEMO", { maxusers = 5, cr_bookid = 4711 })
  t.equal({ res.json.related.meetme.maxusers, res.json.related.meetme.pin, res.json.cr_bookid }, { "5", "11", meetme.bookid })
  t.equal(call(t, "post", "/conferencerooms?tenant=DEMO", { name = "Twice", number = "910" }).json.error.code, "already_exists")
  t.equal(call(t, "post", "/conferencerooms?tenant=DEMO", { name = "X", number = "911", pin = "12a4" }).json.error.field, "pin")
  t.equal(call(t, "post", "/conferencerooms?tenant=OTHER", { name = "Theirs", number = "910" }, t.other_key).status, 201)
end)
