-- OpenAPI flow: its state is a row of its own.
local call = require("support.openapi").call

-- Calls go by the device state: a row that says INUSE while the lamp is dark sends them wrong.
local function lamp(t, state)
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:61-DEMO)", Value = state }):reply("success")
end

test("sending a state writes st_states and lights the lamp", function(t)
  lamp(t, "INUSE")
  local res = call(t, "post", "/flows?tenant=DEMO", { name = "Night", number = "61", status = "inuse" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.state.st_extension, "61-DEMO")
  t.equal(res.json.related.state.st_state, "INUSE")
  lamp(t, "NOT_INUSE")
  res = call(t, "patch", "/flows/" .. res.json.id .. "?tenant=DEMO", { state = "NOT_INUSE" })
  t.equal(res.json.related.state.st_state, "NOT_INUSE")
  t.equal(call(t, "patch", "/flows/" .. res.json.id .. "?tenant=DEMO", { state = "MAYBE" }).status, 400)
  call(t, "delete", "/flows/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM st_states WHERE st_extension = '61-DEMO'"), 0)
end)

test("the value follows the state unless it is given", function(t)
  lamp(t, "INUSE")
  local res = call(t, "post", "/flows?tenant=DEMO", { name = "Night", number = "61", state = "INUSE",
    fl_value_for_inuse = "night", fl_value_for_notinuse = "day" })
  t.equal(res.json.fl_value, "night", res.body)
  lamp(t, "NOT_INUSE")
  local path = "/flows/" .. res.json.id .. "?tenant=DEMO"
  t.equal(call(t, "patch", path, { state = "NOT_INUSE" }).json.fl_value, "day")
  lamp(t, "INUSE")
  t.equal(call(t, "patch", path, { state = "INUSE", value = "feast" }).json.fl_value, "feast")
  call(t, "delete", path)
end)

test("a flow takes its state along to another number", function(t)
  lamp(t, "INUSE")
  local made = call(t, "post", "/flows?tenant=DEMO", { name = "Night", number = "61", state = "INUSE" })
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:63-DEMO)", Value = "INUSE" }):reply("success")
  local path = "/flows/" .. made.json.id .. "?tenant=DEMO"
  local res = call(t, "patch", path, { number = "63" })
  t.equal(res.status, 200, res.body)
  t.equal(res.json.related.state.st_extension, "63-DEMO")
  t.equal(res.json.related.state.st_state, "INUSE")
  call(t, "delete", path)
end)

test("without a PBX the state is kept all the same", function(t)
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:61-DEMO)" }):reply("error", { Message = "no" })
  local res = call(t, "post", "/flows?tenant=DEMO", { name = "Night", number = "61", state = "INUSE" })
  t.equal(res.status, 201, res.body)
  t.equal(t.sql("SELECT st_state FROM st_states WHERE st_extension = '61-DEMO'")[1].st_state, "INUSE")
end)
