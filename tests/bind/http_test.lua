-- Module `http`, against the host under test, and against addresses where nobody listens.
local http = require "http"
local json = require "json"
local task = require "task"

test("the whole answer, whatever its status", function(t)
  local answer, err = http.get(t.url .. "/healthz")
  t.truthy(answer, err and err.message)
  t.equal(answer.status, 200)
  t.matches(answer.headers["content-type"], "^application/json")
  t.truthy(json.decode(answer.body).status)
  t.equal(http.get(t.url .. "/no/such/path").status, 404)
end)

test("json is the body, posted", function(t)
  local answer, err = http.request {
    url = t.url .. "/mirtapbx/openapi.php/phonebooks?tenant=DEMO",
    headers = { ["X-API-Key"] = t.key }, json = { name = "From http" },
  }
  t.truthy(answer, err and err.message)
  t.truthy(answer.status == 200 or answer.status == 201, answer.body)
  t.contains(http.get(t.url .. "/mirtapbx/openapi.php/phonebooks?tenant=DEMO",
    { headers = { ["X-API-Key"] = t.key } }).body, "From http")
end)

test("the method and several headers of a name are sent", function(t)
  local answer = http.request { url = t.url .. "/healthz", method = "HEAD" }
  t.equal(answer.status, 200)
  t.equal(answer.body, "")
  answer = http.request {
    url = t.url .. "/mirtapbx/openapi.php/phonebooks?tenant=DEMO",
    headers = { ["X-Other"] = { "a", "b" }, ["X-API-Key"] = t.key },
  }
  t.equal(answer.status, 200)
end)

test("an answer over its limit is refused", function(t)
  local answer, err = http.get(t.url .. "/openapi.json", { max = 100 })
  t.equal(answer, nil)
  t.equal(err.code, "refused")
end)

test("nobody there is unavailable", function(t)
  local answer, err = http.get("http://127.0.0.1:1/")
  t.equal(answer, nil)
  t.equal(err.code, "unavailable")
end)

test("a server that is silent is a timeout", function(t)
  local answer, err = http.get(t.url .. "/bind/silent?tenant=DEMO&key=" .. t.key, { timeout = 0.3 })
  t.equal(answer, nil)
  t.equal(err.code, "timeout")
end)

test("what is no URL, method or header is invalid", function(t)
  local function code(request)
    local answer, err = http.request(request)
    t.equal(answer, nil)
    return err.code
  end
  t.equal(code { url = "" }, "invalid")
  t.equal(code { url = "file:///etc/passwd" }, "invalid")
  t.equal(code { url = "gopher://127.0.0.1/" }, "invalid")
  t.equal(code { url = t.url .. "/healthz", method = "GET / HTTP/1.1\r\nX: y" }, "invalid")
  t.equal(code { url = t.url .. "/healthz", headers = { ["X-A"] = "b\r\nX-B: c" } }, "invalid")
  t.equal(code { url = t.url .. "/healthz", headers = { ["X A"] = "b" } }, "invalid")
end)

test("wrong types raise", function(t)
  t.falsy(pcall(http.request, "http://127.0.0.1/"))
  t.falsy(pcall(http.request, {}))
  t.falsy(pcall(http.get))
end)

test("requests wait together", function(t)
  local list = {}
  for i = 1, 8 do list[i] = function() return http.get(t.url .. "/healthz") end end
  for _, it in ipairs(task.all(list)) do t.equal(it.value.status, 200) end
end)
