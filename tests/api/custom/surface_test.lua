-- The dialect of own routes, on the routes in scripts/sample.lua.

test("a public route needs no key", function(t)
  local res = t.http:get("/sample/open")
  t.equal(res.status, 200)
  t.matches(res.headers["content-type"], "^application/json")
  t.equal(res.json, { open = true })
end)

test("little is decoded for somebody unknown, unless the route says how much", function(t)
  local function send(path, length)
    local res = t.http:post(path, { json = { text = ("x"):rep(length) } })
    return { res.status, res.json.length or res.json.error.code }
  end
  t.equal(send("/sample/note", 60000), { 200, 60000 })
  t.equal(send("/sample/note", 70000), { 413, "content_too_large" })
  t.equal(send("/sample/letter", 70000), { 200, 70000 })
  t.equal(send("/sample/letter", 110000), { 413, "content_too_large" })
end)

test("a key is taken from header, bearer token and query", function(t)
  for _, options in ipairs {
    { query = { tenant = "DEMO" }, headers = { ["X-API-Key"] = t.read_key } },
    { query = { tenant = "DEMO" }, headers = { Authorization = "Bearer " .. t.read_key } },
    { query = { tenant = "DEMO", key = t.read_key } },
  } do
    local res = t.http:get("/sample/7", options)
    t.equal(res.status, 200, res.body)
    t.equal(res.json, { id = 7, word = "a", tenant = "DEMO", read_only = true })
  end
end)

test("no key, a wrong one, another tenant's and a read-only one are refused", function(t)
  local function status(method, path, key, tenant)
    return t.http[method](t.http, path, { query = { key = key, tenant = tenant or "DEMO", count = "1" } }).status
  end
  t.equal(status("get", "/sample/7"), 401)
  t.equal(status("get", "/sample/7", "wrong"), 401)
  t.equal(status("get", "/sample/7", t.other_key), 401)
  t.equal(status("get", "/sample/7", t.other_key, "OTHER"), 200)
  t.equal(status("post", "/sample", t.read_key), 403)
  t.equal(status("post", "/sample", t.key), 200)
  t.equal(status("put", "/sample", t.key), 403)
  t.equal(status("put", "/sample", t.global_key), 200)
  t.equal(status("put", "/sample", t.global_read_key), 403)
end)

test("a global key must say which tenant, where one is needed", function(t)
  local res = t.http:get("/sample/7", { query = { key = t.global_key } })
  t.equal(res.status, 400)
  t.equal(res.json.error.field, "tenant")
  t.equal(t.http:put("/sample", { query = { key = t.global_key } }).json, { tenant = false })
end)

test("parameters come from query, form, JSON and path, and are converted", function(t)
  local query = { key = t.key, tenant = "DEMO" }
  t.equal(t.http:post("/sample", { query = query, json = { count = 2 } }).json, { count = 2, more = 3 })
  t.equal(t.http:post("/sample", { query = query, form = { count = "3" } }).json.more, 4)
  t.equal(t.http:post("/sample", { query = { key = t.key, tenant = "DEMO", count = "4" } }).json.more, 5)
  t.equal(t.http:get("/sample/9", { query = { key = t.key, tenant = "DEMO", id = "1", word = "b" } }).json.id, 9)
end)

test("a wrong parameter is named", function(t)
  local query = { key = t.key, tenant = "DEMO" }
  for _, case in ipairs {
    { { json = {} }, "count" }, { { json = { count = "x" } }, "count" }, { { json = { count = 6 } }, "count" },
  } do
    case[1].query = query
    local res = t.http:post("/sample", case[1])
    t.equal(res.status, 400, res.body)
    t.equal(res.json.error.field, case[2])
  end
  t.equal(t.http:get("/sample/0", { query = query }).json.error.field, "id")
  t.equal(t.http:get("/sample/7", { query = { key = t.key, tenant = "DEMO", word = "c" } }).json.error.field, "word")
end)

test("a body that is no object is invalid", function(t)
  for _, body in ipairs { "{", "[1]", "7", '"x"', "\255" } do
    local res = t.http:post("/sample", {
      query = { key = t.key, tenant = "DEMO" }, body = body, headers = { ["Content-Type"] = "application/json" },
    })
    t.equal(res.status, 400, body)
    t.equal(res.json.error.code, "invalid", body)
  end
end)

test("every code has its status, and what raised stays inside", function(t)
  for code, status in pairs {
    invalid = 400, unauthenticated = 401, denied = 403, not_found = 404, conflict = 409,
    refused = 502, timeout = 504, unavailable = 503, internal = 500,
  } do
    local res = t.http:get("/sample/fail/" .. code)
    t.equal(res.status, status, code)
    t.equal(res.json.error, { code = code, message = "as asked", field = "code" })
  end
  t.log:expect("^error script sample.lua:%d+: a secret of the code handler=custom/sample.fail")
  local res = t.http:get("/sample/fail/raise")
  t.equal(res.status, 500)
  t.falsy(res.body:find("secret", 1, true))
end)

test("nil is 204, and a handler may answer itself", function(t)
  local res = t.http:delete("/sample", { query = { key = t.key, tenant = "DEMO" } })
  t.equal(res.status, 204)
  t.equal(res.body, "")
  res = t.http:get("/sample/own")
  t.equal(res.status, 203)
  t.equal(res.headers["x-own"], "yes")
  t.equal(res.body, "own words")
end)

test("another method is told which there are, and OPTIONS is answered", function(t)
  local res = t.http:patch("/sample")
  t.equal(res.status, 405)
  t.matches(res.headers.allow, "POST")
  t.equal(res.json.error.code, "method_not_allowed")
  res = t.http:options("/sample", { headers = { Origin = "https://a.example", ["Access-Control-Request-Method"] = "POST" } })
  t.truthy(res.status == 204 or res.status == 200)
  t.equal(res.headers["access-control-allow-origin"], "*")
end)
