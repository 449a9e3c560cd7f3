-- /users: whether an address is nobody's yet.
local client = require "support.mikopbx"
local ask = client.asker("users")

test("an address is free until somebody has it", function(t)
  t.equal(ask(t, "get", ":available?email=ann@example.com").json.data, { available = true })
  client.employee(t, "201", "Ann", { user_email = "ann@example.com" })
  local it = ask(t, "get", ":available?email=ann@example.com").json.data
  t.equal(it.available, false)
  t.matches(it.represent, "Ann <201>$")
  t.equal(ask(t, "get", ":available?email=ann@example.com", nil, t.other_key).json.data.available, true)
  t.equal(ask(t, "get", ":available").status, 422)
end)
