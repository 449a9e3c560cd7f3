-- extensions/... of the older API.
local client = require "support.mikopbx_legacy"
local mikopbx = require "support.mikopbx"
local session, API = client.session, client.API

test("numbers as v3 has them, in the older envelope", function(t)
  mikopbx.employee(t, "201", "John Doe")
  local headers = session(t)
  local function get(path) return t.http:get(API .. "/extensions/" .. path, { headers = headers }) end
  t.equal(get("available?number=202").json.data, { available = true })
  t.equal(get("available?number=201").json.data.available, false)
  local res = get("available")
  t.equal({ res.status, res.json.result, res.json.messages.error }, { 200, false, { "number: missing" } })
  t.equal(get("getForSelect?query=john").json.data[1].value, "201")
  t.matches(get("getPhoneRepresent?number=201").json.data[1], "John Doe")
  t.equal(get("getPhoneRepresent").json.result, false)
  res = t.http:post(API .. "/extensions/getPhonesRepresent", { headers = headers, json = { numbers = { "201", "299" } } })
  t.equal(res.json.data["299"], { number = "299", represent = "299" })
  t.equal(get("saveRecord").json.messages.error, { "Unknown action - saveRecord in extensionsCallBack" })
  t.equal(t.http:get(API .. "/extensions/available?number=202").status, 401)
end)
