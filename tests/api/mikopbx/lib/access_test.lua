-- lib.mikopbx_access: permissions and cookies.
local access = require "mikopbx.lib.access"

test("write includes read, an unlisted path is closed", function(t)
  local caller = { paths = { ["/api/v3/cdr"] = "read", ["/api/v3/employees"] = "write" } }
  t.equal(access.allow(caller, "/api/v3/cdr", false), true)
  t.equal(access.allow(caller, "/api/v3/cdr", true), nil)
  t.equal(access.allow(caller, "/api/v3/employees", false), true)
  t.equal(access.allow(caller, "/api/v3/employees", true), true)
  t.equal(access.allow(caller, "/api/v3/sip", false), nil)
  t.equal(access.allow({ full = true, read_only = true }, "/api/v3/sip", true), nil)
end)

test("a cookie among others", function(t)
  local req = { headers = { cookie = "a=1; PHPSESSID=abc ; b=2" } }
  t.equal(access.cookie(req, "PHPSESSID"), "abc")
  t.equal(access.cookie(req, "SESSID"), nil)
  t.equal(access.cookie({ headers = {} }, "a"), nil)
end)
