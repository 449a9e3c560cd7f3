-- lib.kalliope_access: HTTP Basic with the MD5 of the administrator's password.
local access = require "kalliope.lib.access"
local crypto = require "crypto"

local function enter(text)
  local header = text and "Basic " .. crypto.base64(text)
  local req = { headers = { authorization = header }, peer = "192.0.2.1", id = "r" }
  local ok, err = access.enter(req)
  return ok and req.ctx, err
end

test("the administrator acts for the first tenant, with its secrets", function(t)
  local ctx = enter("admin:" .. crypto.md5(t.password))
  t.equal(ctx.tenant.code, "DEMO")
  t.equal(ctx.secrets, true)
  t.equal(ctx.key.global, false)
  t.truthy(enter("admin:" .. crypto.md5(t.password):upper()))
end)

test("everybody else does not", function(t)
  for _, text in ipairs({ "admin:" .. t.password, "admin", "root:" .. crypto.md5(t.password), "" }) do
    local ctx, err = enter(text)
    t.equal(ctx, nil)
    t.equal(err.code, "unauthenticated")
  end
  t.equal(enter(), nil)
end)
