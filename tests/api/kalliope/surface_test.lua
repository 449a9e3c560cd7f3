-- The Kalliope dialect: the login, request_id, what is unknown.
local crypto = require "crypto"
local xml = require "xml"

local function headers(t, more)
  local list = { Authorization = "Basic " .. crypto.base64("admin:" .. crypto.md5(t.password)) }
  for name, value in pairs(more or {}) do list[name] = value end
  return list
end

local function get(t, path, method)
  local res = t.http[method or "get"](t.http, "/rest" .. path, { headers = headers(t) })
  res.root = xml.decode(res.body)
  return res
end

test("only the administrator gets in, and request_id comes back even then", function(t)
  local res = t.http:get("/rest/users/brief?request_id=x1")
  t.equal(res.status, 401)
  t.matches(res.headers["www-authenticate"], "^Basic ")
  t.contains(res.body, "<request_id>x1</request_id>")
  for _, text in ipairs({ "admin:" .. t.password, "admin:", "root:" .. crypto.md5(t.password) }) do
    res = t.http:get("/rest/users/brief", {
      headers = { Authorization = "Basic " .. crypto.base64(text) },
    })
    t.equal(res.status, 401)
  end
  t.equal(get(t, "/users/brief").status, 200)
  t.equal(get(t, "/users/brief/").status, 200)
end)

test("unknown requests and methods in the envelope", function(t)
  local res = get(t, "/nonsense?request_id=z")
  t.equal(res.status, 404)
  t.equal(xml.value(res.root, "request_id"), "z")
  res = get(t, "/users/brief", "delete")
  t.equal(res.status, 405)
  t.contains(res.headers.allow, "GET")
end)

-- Symptom: a body in the encoding it declares was refused as "not UTF-8".
test("a body may be in ISO-8859-1 or UTF-16, when it says so", function(t)
  local list = headers(t, { ["Content-Type"] = "text/xml" })
  local inner = "<kpbx_request><request_id>Zan%s</request_id><cdr/></kpbx_request>"
  local res = t.http:post("/rest/cdr", { headers = list,
    body = '<?xml version="1.0" encoding="ISO-8859-1"?>' .. inner:format("\232") })
  t.equal(res.status, 200, res.body)
  t.contains(res.body, "<request_id>Zan\195\168</request_id>")
  res = t.http:post("/rest/cdr", { headers = list, body = "\255\254" .. inner:format("\232"):gsub(".", "%0\0") })
  t.contains(res.body, "<request_id>Zan\195\168</request_id>")
end)

-- XML was decoded before anybody was known: 8 MB of it held a lane for a second.
test("a stranger's long body is not read, a short one names its request", function(t)
  local function ask(length)
    return t.http:post("/rest/cdr", { headers = { ["Content-Type"] = "text/xml" },
      body = "<kpbx_request><request_id>r9</request_id><x>" .. ("x"):rep(length) .. "</x></kpbx_request>" })
  end
  t.contains(ask(10).body, "<request_id>r9</request_id>")
  local long = ask(65536)
  t.equal(long.status, 401)
  t.equal(long.body:find("r9", 1, true), nil)
end)
