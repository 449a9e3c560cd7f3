-- /auth: tokens for people.
local client = require "support.mikopbx"
local crypto = require "crypto"
local people = require "access.people"
local bearer, BASE = client.bearer, client.BASE

local function login(t, password)
  return t.http:post(BASE .. "/auth:login",
    { form = { login = "admin", password = password or t.password } })
end

test("a login gives a token that opens the API, and a refresh cookie", function(t)
  local res = login(t)
  t.equal(res.status, 200, res.body)
  t.equal(res.json.result, true)
  t.equal(res.json["function"], "login")
  t.equal(res.json.data.tokenType, "Bearer")
  t.equal(res.json.data.expiresIn, 900)
  local token = res.json.data.accessToken
  t.equal(select(2, token:gsub("%.", "")), 2)
  t.equal(t.http:get(BASE .. "/employees", { headers = bearer(t, token) }).status, 200)
  local cookie = res.headers["set-cookie"]
  t.matches(cookie, "^refreshToken=%x+; HttpOnly; SameSite=Strict; Path=/")
  local sent = { Cookie = cookie:match("^[^;]+") }
  res = t.http:post(BASE .. "/auth:refresh", { headers = sent })
  t.equal(res.status, 200, res.body)
  t.truthy(res.json.data.homePage)
  sent.Authorization = "Bearer " .. token
  t.equal(t.http:post(BASE .. "/auth:logout", { headers = sent }).status, 200)
  t.equal(t.http:post(BASE .. "/auth:refresh", { headers = sent }).status, 401)
end)

test("nothing, a wrong password, no cookie", function(t)
  t.equal(t.http:post(BASE .. "/auth:login", { json = {} }).status, 400)
  local res = login(t, "wrong")
  t.equal(res.status, 401)
  t.equal(res.json.result, false)
  t.matches(res.json.messages.error[1], "auth_WrongLoginPassword")
  t.equal(t.http:post(BASE .. "/auth:refresh").status, 401)
end)

test("a token that was changed, or names no algorithm, opens nothing", function(t)
  local token = login(t).json.data.accessToken
  local none = crypto.base64url('{"alg":"none"}') .. "." .. token:match("%.(.-)%.") .. ".x"
  for _, bad in ipairs({ token .. "x", none, "a.b.c", "nonsense" }) do
    local res = t.http:get(BASE .. "/employees", { headers = bearer(t, bad) })
    t.equal(res.status, 401)
    t.equal(res.json.messages.error[1], "The user isn't authenticated.")
  end
end)

test("ten failures shut the address out of the account, for a while that is told", function(t)
  for _ = 1, 10 do login(t, "wrong") end
  local res = login(t)
  t.equal(res.status, 429)
  t.equal(res.headers["retry-after"], "300")
  -- A right key of the same address is as good as ever: all of them were shut out too.
  t.equal(t.http:get(BASE .. "/employees", { headers = bearer(t, t.key) }).status, 200)
  -- The count is the process's: another file may log in from the same address.
  people.forget("admin", "127.0.0.1")
end)

-- Both lived on, the token and the cookie of whoever had stolen them.
test("a changed password ends its tokens and refresh cookies", function(t)
  local res = login(t)
  local token = { headers = bearer(t, res.json.data.accessToken) }
  local cookie = { headers = { Cookie = res.headers["set-cookie"]:match("^[^;]+") } }
  t.equal(t.http:get(BASE .. "/employees", token).status, 200)
  local changed = t.sql("SELECT us_id, us_password FROM us_users WHERE us_username = 'admin'")[1]
  t.sql("UPDATE us_users SET us_password = ? WHERE us_id = ?",
    { crypto.sha256("another"), changed.us_id })
  t.equal(t.http:get(BASE .. "/employees", token).status, 401)
  t.equal(t.http:post(BASE .. "/auth:refresh", cookie).status, 401)
  t.sql("UPDATE us_users SET us_password = ? WHERE us_id = ?", { changed.us_password, changed.us_id })
end)

test("a proxy on the machine asks whether a token is good", function(t)
  local function ask(token) return t.http:get("/pbxcore/api/v3/auth:validateToken", { query = { token = token } }) end
  local res = ask(t.key)
  t.equal({ res.status, res.json.jsonapi.version }, { 200, "1.0" })
  t.truthy(res.json.meta.hash)
  for _, token in ipairs({ "", "nonsense", "a.b.c" }) do
    res = ask(token)
    t.equal(res.status, 403)
    t.equal(type(res.json.error), "string")
  end
end)

test("the word bearer in any case", function(t)
  t.equal(t.http:get("/pbxcore/api/v3/employees", { headers = { Authorization = "BEARER " .. t.key } }).status, 200)
  t.equal(t.http:get("/pbxcore/api/v3/employees", { headers = { Authorization = "Basic " .. t.key } }).status, 401)
end)

-- 8 MB of JSON held a lane for a second without a login.
test("what nobody known sends is not decoded beyond a little", function(t)
  local body = '{"login":"admin","password":"' .. t.password .. '","x":"' .. ("x"):rep(65536) .. '"}'
  local res = t.http:post(BASE .. "/auth:login", { body = body, headers = { ["Content-Type"] = "application/json" } })
  t.equal(res.status, 413, res.body)
  t.equal(res.json.result, false)
  res = t.http:post("/admin-cabinet/session/start", { body = "login=admin&password=" .. t.password .. "&x=" .. ("x"):rep(65536),
    headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } })
  t.equal(res.status, 413, res.body)
end)
