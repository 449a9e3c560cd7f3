-- /conference-rooms: the rooms that the other dialects see.
local client = require "support.mikopbx"
local ask = client.asker("conference-rooms")

test("created, read, changed, deleted", function(t)
  t.equal(ask(t, "get", "").json.data, {})
  local res = ask(t, "post", "", { name = "Sales", extension = "3000", pinCode = "1234", description = "weekly" })
  t.equal(res.status, 201)
  local it = res.json.data
  t.matches(it.id, "^CONFERENCE%-%x%x%x%x%x%x%x%x$")
  t.equal({ it.name, it.extension, it.pinCode, it.description }, { "Sales", "3000", "1234", "weekly" })
  t.equal(t.sql("SELECT cr_name, pin FROM cr_conferencerooms JOIN meetme ON bookid = cr_bookid WHERE cr_number = '3000'"),
    { { cr_name = "Sales", pin = "1234" } })
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  t.equal(ask(t, "get", "/" .. it.id, nil, t.read_key).json.data.pinCode, "")
  t.equal(ask(t, "get", "").json.data, { it })
  local changed = ask(t, "patch", "/" .. it.id, { name = "Sold" }).json.data
  t.equal({ changed.name, changed.pinCode, changed.description }, { "Sold", "1234", "weekly" })
  changed = ask(t, "put", "/" .. it.id, { name = "Whole", extension = "3001" }).json.data
  t.equal({ changed.extension, changed.pinCode, changed.description }, { "3001", "", "" })
  t.equal(ask(t, "get", "/" .. it.id, nil, t.other_key).status, 422)
  t.equal(ask(t, "delete", "/" .. it.id, nil, t.read_key).status, 403)
  t.equal(ask(t, "delete", "/" .. it.id).json.data, {})
  t.equal(ask(t, "delete", "/" .. it.id).status, 404)
  t.equal(ask(t, "get", "/CONFERENCE-XYZ").status, 404)
end)

test("what is wrong is named", function(t)
  client.employee(t, "201", "John")
  local function wrong(json) return ask(t, "post", "", json).json.messages.error end
  t.equal(wrong({}), { name = "is required", extension = "is required" })
  t.equal(wrong({ name = "x", extension = "3" }), { extension = "must have 2 to 8 digits" })
  t.equal(wrong({ name = "x", extension = "3000", pinCode = "12a" })[1], "Field 'pinCode' must be digits")
  t.equal(ask(t, "post", "", { name = "x", extension = "201" }).status, 409)
  t.equal(ask(t, "get", ":getDefault").json.data.pinCode, "")
end)
