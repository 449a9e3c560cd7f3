-- Run with: patchbay test examples/hello
test("greets anyone without a key", function(t)
  local res = t.http:get("/hello")
  t.equal(res.status, 200)
  t.equal(res.json.hello, "world")
end)

test("greets by name, as often as asked", function(t)
  local res = t.http:get("/hello/Ada", { query = { times = "2" } })
  t.equal(res.json.hello, "Ada, Ada")
end)

test("checks its parameters from the declaration", function(t)
  local res = t.http:get("/hello/Ada", { query = { times = "six" } })
  t.equal(res.status, 400)
  t.equal(res.json.error.field, "times")
end)
