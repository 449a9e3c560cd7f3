-- system/... of the older API.
local API = "/pbxcore/api"

local function login(t, password)
  return t.http:post("/admin-cabinet/session/start", {
    headers = { ["X-Requested-With"] = "XMLHttpRequest" },
    form = { login = "admin", password = password or t.password },
  })
end

local function session(t)
  return { Cookie = login(t).headers["set-cookie"]:match("^[^;]+") }
end

test("ping is open, the date is not", function(t)
  t.equal(t.http:get(API .. "/system/ping").json.result, true)
  t.equal(t.http:get(API .. "/system/getDate").status, 401)
  local headers = session(t)
  t.equal(type(t.http:get(API .. "/system/getDate", { headers = headers }).json.data.timestamp),
    "number")
end)
