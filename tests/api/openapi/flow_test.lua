-- OpenAPI flow: its state is a row of its own.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("sending a state writes st_states", function(t)
  local res = call(t, "post", "/flows?tenant=DEMO", { name = "Night", number = "61", status = "inuse" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.state.st_extension, "61-DEMO")
  t.equal(res.json.related.state.st_state, "INUSE")
  res = call(t, "patch", "/flows/" .. res.json.id .. "?tenant=DEMO", { state = "NOT_INUSE" })
  t.equal(res.json.related.state.st_state, "NOT_INUSE")
  t.equal(call(t, "patch", "/flows/" .. res.json.id .. "?tenant=DEMO", { state = "MAYBE" }).status, 400)
  call(t, "delete", "/flows/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM st_states WHERE st_extension = '61-DEMO'"), 0)
end)
