-- Destinations by their source: who owns a source, and the change of its list.
local change_log = require "engine.log"
local destination = require "engine.destination"
local store = require "store"

local source = {}

local function unknown(key, id)
  return { code = "not_found", message = ("no such source: %s-%s"):format(key, tostring(id)) }
end

--- Tenant id of a source the asker may see.
function source.owner(ctx, key, id)
  local kind = destination.source(key)
  if not kind then return nil, unknown(key, id) end
  local text = ("SELECT %s FROM %s WHERE %s = ?"):format(kind.tenant, kind.table, kind.id)
  local tenant_id, err = store.value(text, { id })
  if err then return nil, err end
  if not tenant_id or (ctx.tenant and ctx.tenant.id ~= tenant_id) then
    return nil, unknown(key, id)
  end
  return tenant_id
end

function source.rows(ctx, key, id)
  local owner, err = source.owner(ctx, key, id)
  if not owner then return nil, err end
  return store.query(destination.select({ key }, id))
end

--- Replaces the whole list; the items are those of lib.destination.
function source.replace(ctx, key, id, items)
  local owner, err = source.owner(ctx, key, id)
  if not owner then return nil, err end
  return store.transaction(function(tx)
    local done, problem = destination.replace(tx, owner, key, id, items)
    if not done then return nil, problem end
    done, problem = destination.changed(tx, key, id)
    if not done then return nil, problem end
    done, problem = change_log.write(tx, ctx, {
      object = "destination", id = key .. "-" .. id, action = "update", tenant_id = owner,
    })
    if not done then return nil, problem end
    return true
  end)
end

return source
