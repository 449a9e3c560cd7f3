-- How the tests of this folder ask: with the cookie of a login.
local client = { API = "/pbxcore/api" }

--- Logs the administrator in, with a `password` that may be wrong.
function client.login(t, password)
  return t.http:post("/admin-cabinet/session/start", {
    headers = { ["X-Requested-With"] = "XMLHttpRequest" },
    form = { login = "admin", password = password or t.password },
  })
end

--- Headers of a request by the administrator.
function client.session(t)
  return { Cookie = client.login(t).headers["set-cookie"]:match("^[^;]+") }
end

return client
