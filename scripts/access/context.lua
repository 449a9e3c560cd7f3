-- Who asks and for which tenant, as the models want to know it. Every surface's `req.ctx` is made here.
local task = require "task"

local context = {}

--- What somebody who has not come in may have us decode, in bytes: enough for a login, or the id of a request.
context.STRANGER = 65536

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

-- Few who need no key ask for more: what they do is made when it is asked for.
local LATER = {
  key = function() return { read_only = true, global = false } end,
  peer = function(req) return req.peer end,
  request = function(req) return req.id end,
}

local public = { __index = function(ctx, name)
  local make = LATER[name]
  if not make then return nil end
  local made = make(ctx.req)
  ctx[name] = made
  return made
end }

--- The context of a request that says not who asks: it may read what is public.
function context.public(req, actor)
  req.ctx = setmetatable({ actor = actor, secrets = false, req = req }, public)
end

return context
