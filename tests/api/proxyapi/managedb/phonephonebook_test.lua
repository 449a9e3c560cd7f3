-- MANAGEDB object phonephonebook.
local client = require "support.managedb"
local ask = client.ask
local call = client.calls("phonephonebook")

local function made(t, path, json)
  return t.http:post("/mirtapbx/openapi.php/" .. path, { query = { key = t.key, tenant = "DEMO" }, json = json }).json.id
end

test("add, get, list, update, delete", function(t)
  local phone = made(t, "phones", { name = "Desk", mac = "001122334455" })
  local book = made(t, "phonebooks", { name = "Default" })
  local other = made(t, "phonebooks", { name = "Others" })
  local data = ([[{"pp_ph_id":"%d","pp_pb_id":"%d"}]]):format(phone, book)
  local first = call(t, "add", nil, data).json
  t.equal({ first.pp_ph_id, first.pp_pb_id, first.pp_order }, { tostring(phone), tostring(book), "0" })
  local second = call(t, "add", nil, ([[{"pp_ph_id":"%d","pp_pb_id":"%d"}]]):format(phone, other)).json
  t.equal(second.pp_order, "1")
  t.equal(call(t, "get", { objectid = first.pp_id }).json.pp_pb_id, tostring(book))
  t.equal(call(t, "list").json[second.pp_id].pp_pb_id, tostring(other))
  t.equal(call(t, "update", { objectid = second.pp_id }, [[{"pp_order":"5"}]]).json.pp_order, "5")
  t.equal(call(t, "delete", { objectid = first.pp_id }).json.Response, "Success")
  t.equal(call(t, "get", { objectid = first.pp_id }).body, "")
  t.equal(call(t, "get", { objectid = second.pp_id, tenant = "OTHER" }, nil, t.other_key).body, "")
  t.matches(call(t, "delete", { objectid = second.pp_id }, nil, t.read_key).body, "^Too bad")
  t.equal(call(t, "add", nil, [[{"pp_ph_id":"1"}]]).json.Message, "Missing field pp_pb_id")
  t.matches(call(t, "add", nil, ([[{"pp_ph_id":"%d","pp_pb_id":"9999"}]]):format(phone)).json.Message, "^pp_pb_id: no such")
  t.matches(ask(t, { object = "phonephonebook", action = "add", tenant = "OTHER" }, data, t.other_key).json.Message,
    "no such row")
end)
