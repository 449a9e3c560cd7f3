-- Ids that a POST may give.
local client = require "support.mikopbx"
local given_id = require "mikopbx.lib.given_id"
local json = require "json"
local named = require("support.trunk").named

test("none, one, and what is none", function(t)
  for _, id in ipairs({ "", json.null }) do t.equal({ given_id.of({ id = id }) }, {}) end
  t.equal({ given_id.of({}), (given_id.of({ id = "42" })), (given_id.of({ id = 42 })) }, { nil, 42, 42 })
  t.equal((given_id.of({ id = "QUEUE-0000001a" }, "QUEUE")), 26)
  for _, id in ipairs({ "0", "-1", "1.5", "x", 1.5, 1e300, "10000000", "99999999999999999999", true }) do
    local id_of, err = given_id.of({ id = id })
    t.equal({ id_of == nil, err.code, err.fields.id }, { true, "invalid", "not one from 1 to 9999999" })
  end
  local _, err = given_id.of({ id = "QUEUE-D9F0A1B2" }, "QUEUE")
  t.equal(err.fields.id, "not one from QUEUE-00000001 to QUEUE-0098967F")
end)

-- It was taken and dropped: who moved records from another host got other ids.
test("a record keeps the id it comes with, and another's is refused", function(t)
  named(t)
  named(t)
  local employees, queues, keys = client.asker("employees"), client.asker("call-queues"), client.asker("api-keys")
  local function ann(id, number) return { id = id, number = number, user_username = "Ann", sip_secret = "S3cure-Pass-1!" } end
  local res = employees(t, "post", "", ann(4711, "251"))
  t.equal({ res.status, res.json.data.id, res.json.reload }, { 201, "4711", "extensions/modify/4711" }, res.body)
  t.equal(employees(t, "get", "/4711").json.data.number, "251")
  res = employees(t, "post", "", ann("4711", "252"))
  t.equal({ res.status, res.json.messages.error }, { 409, { id = "already taken: 4711" } })
  t.equal(employees(t, "post", "", ann("x", "252")).status, 422)
  t.equal(employees(t, "post", "", ann(4712, "251")).json.messages.error, { "ex_ValidateNumberIsDouble: the number is already in use" })
  t.equal(employees(t, "post", "", ann("", "252")).json.data.id, "4712")
  res = queues(t, "post", "", { id = "QUEUE-00001A2B", name = "Q", extension = "701" })
  t.equal({ res.status, res.json.data.id }, { 201, "QUEUE-00001A2B" }, res.body)
  res = queues(t, "post", "", { id = "QUEUE-00001A2B", name = "Q", extension = "702" })
  t.equal({ res.status, res.json.messages.error }, { 409, { id = "already taken: QUEUE-00001A2B" } })
  t.equal(queues(t, "post", "", { id = "QUEUE-00001A2C", name = "Q", extension = "701" }).status, 409)
  res = keys(t, "post", "", { id = "77", description = "CRM", full_permissions = false })
  t.equal({ res.status, res.json.data.id }, { 201, "77" }, res.body)
  res = keys(t, "post", "", { id = "77", description = "CRM" })
  t.equal({ res.status, res.json.messages.error }, { 409, { id = "already taken: 77" } })
end)
