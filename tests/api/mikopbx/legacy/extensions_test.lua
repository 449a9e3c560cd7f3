-- extensions/... of the older API.
local client = require "support.mikopbx_legacy"
local mikopbx = require "support.mikopbx"
local json = require "json"
local named = require("support.trunk").named
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
  t.equal(get("setRecord").json.messages.error, { "Unknown action - setRecord in extensionsCallBack" })
  t.equal(t.http:get(API .. "/extensions/available?number=202").status, 401)
end)

test("a record is made, shown, changed and deleted", function(t)
  local headers = session(t)
  local function get(query) return t.http:get(API .. "/extensions/getRecord" .. query, { headers = headers }).json end
  local function post(action, form) return t.http:post(API .. "/extensions/" .. action, { headers = headers, form = form }).json end
  local blank = get("").data
  t.equal({ blank.id, blank.number, blank.sip_enableRecording, blank.fwd_ringlength, blank.type }, { "", "202", "1", 45, "SIP" })
  named(t)
  local made = post("saveRecord", { user_username = "Иван", number = "305", sip_secret = "S3cure-Pass-1!", mobile_number = "+7 (900) 123-45-67",
    fwd_forwarding = "-1", sip_transport = "", sip_enableRecording = "0", sip_qualify = "1", user_id = "", id = "" })
  t.equal(made.result, true, json.encode(made))
  local it = made.data
  t.equal({ it.user_username, it.number, it.mobile_dialstring, it.sip_enableRecording, it.sip_secret, it.fwd_forwarding, it.user_id == it.id },
    { "Иван", "305", "79001234567", "0", "S3cure-Pass-1!", "", true })
  t.equal(get("?id=" .. it.id).data, it)
  local changed = post("saveRecord", { user_id = it.id, user_username = "Anna", sip_secret = "" }).data
  t.equal({ changed.id, changed.user_username, changed.number, changed.sip_secret }, { it.id, "Anna", "305", "S3cure-Pass-1!" })
  named(t)
  local offered = post("saveRecord", { user_username = "Next" }).data
  t.equal({ offered.number, #offered.sip_secret }, { "306", 20 })
  t.equal(post("saveRecord", { user_username = "N", number = "305" }).messages.error,
    { "ex_ValidateNumberIsDouble: the number is already in use" })
  t.equal(post("saveRecord", { user_username = "N", sip_qualify = "0" }).messages.error, { "sip_qualify: is always 1 here" })
  t.equal(post("saveRecord", { number = "307" }).messages.error, { user_username = "ex_ValidateUsernameEmpty" })
  t.equal(post("saveRecord", { user_id = "99999", user_username = "N" }).messages.error, { "Extension with id 99999 does not exist" })
  t.equal(get("?id=99999").data.id, "")
  named(t)
  t.equal(post("deleteRecord", { id = it.id }).data, { id = it.id })
  t.equal(post("deleteRecord", { id = it.id }).messages.error, { ("Extension with id %s does not exist"):format(it.id) })
end)

test("who may not change employees saves no record", function(t)
  local key = ("k1"):rep(20)
  t.equal(mikopbx.administer(t, "post", "/api-keys", { description = "K", key = key,
    allowed_paths = { ["/api/v3/extensions"] = "write" } }).status, 201)
  local headers = { Authorization = "Bearer " .. key }
  t.equal(t.http:post(API .. "/extensions/saveRecord", { headers = headers, form = { user_username = "N" } }).status, 403)
  t.equal(t.http:get(API .. "/extensions/available?number=399", { headers = headers }).status, 200)
end)
