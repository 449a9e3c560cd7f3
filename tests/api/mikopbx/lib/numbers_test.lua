-- Numbers to choose from, and whose they are.
local client = require "support.mikopbx"

test("choices, whether a number is free, and what numbers are shown as", function(t)
  client.employee(t, "201", "John Doe")
  local function ask(method, path, json)
    return t.http[method](t.http, client.BASE .. "/extensions" .. path, { headers = client.bearer(t), json = json })
  end
  t.equal(#ask("get", ":getForSelect?query=john").json.data, 1)
  t.equal(ask("get", ":getForSelect?exclude=201").json.data, {})
  t.equal(ask("post", ":available", { number = "202" }).json.data, { available = true })
  t.equal(ask("post", ":available", { number = "201" }).json.data.available, false)
  local many = {}
  for n = 1, 1001 do many[n] = tostring(n) end
  t.equal(ask("post", ":getPhonesRepresent", { numbers = many }).status, 422)
  t.matches(ask("post", "/201:getPhoneRepresent").json.data[1], "John Doe")
  t.equal(ask("post", "/299:getPhoneRepresent").json.data, { "299" })
end)
