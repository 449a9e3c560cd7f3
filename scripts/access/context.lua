-- Who asks and for which tenant, as the models want to know it. Every surface's `req.ctx` is made here.
local task = require "task"

local context = {}

--- Fills req.key, req.tenant and req.ctx, and shows the request the live data of its tenant. `actor` is the name
--- that changes are logged under; key: {id, label, read_only, global}; without a tenant all are meant.
--- options: `secrets` (default: the global full key sees them), `scope` of live data where it is another.
function context.enter(req, actor, key, tenant, options)
  options = options or {}
  local secrets = options.secrets
  if secrets == nil then secrets = key.global == true and not key.read_only end
  req.key, req.tenant = key, tenant
  req.ctx = { tenant = tenant, key = key, actor = actor, peer = req.peer, request = req.id, secrets = secrets }
  -- The key's share of what is bounded is used under the name that the access log has for it.
  task.scope(options.scope or tenant and tenant.code or "*", key.id and "key=" .. tostring(key.id))
end

--- The context of a request that says not who asks: it may read what is public.
function context.public(req, actor)
  req.ctx = { key = { read_only = true, global = false }, actor = actor, peer = req.peer, request = req.id, secrets = false }
end

return context
