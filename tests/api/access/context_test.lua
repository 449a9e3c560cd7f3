-- access/context.lua: what models are told of who asks.
local context = require "access.context"

local TENANT = { id = 1, code = "DEMO", name = "Demo tenant" }

test("a request has its key, its tenant and a context of both", function(t)
  local req = { id = "r1", peer = "192.0.2.1" }
  local key = { id = 7, label = "crm", read_only = false, global = false }
  context.enter(req, "Hotel", key, TENANT)
  t.equal(req.key, key)
  t.equal(req.tenant, TENANT)
  t.equal(req.ctx, { tenant = TENANT, key = key, actor = "Hotel", peer = "192.0.2.1", request = "r1", secrets = false })
end)

test("secrets are for the global full key, or for whom a dialect says", function(t)
  local function secrets(key, options)
    local req = {}
    context.enter(req, "Hotel", key, TENANT, options)
    return req.ctx.secrets
  end
  t.equal(secrets({ global = true, read_only = false }), true)
  t.equal(secrets({ global = true, read_only = true }), false)
  t.equal(secrets({ global = false, read_only = false }), false)
  t.equal(secrets({ global = false }, { secrets = true }), true)
end)

test("nobody in particular may change nothing", function(t)
  local req = { id = "r2", peer = "192.0.2.1" }
  context.public(req, "Hotel")
  t.equal(req.ctx.key, { read_only = true, global = false })
  t.equal(req.ctx.tenant, nil)
  t.equal(req.ctx.secrets, false)
end)
