-- What waits to be sent: faxes and short messages.
local change_log = require "engine.log"
local limit = require "model.limit"
local sql = require "engine.sql"
local store = require "store"

local outbox = {}

--- Keeps a row of the tenant that waits, unless too many do. `it`: {object, id (what the sender is told), table, row,
--- words (what many of them are called), description}. Its id.
function outbox.keep(ctx, it)
  return store.transaction(function(tx)
    local done, err = limit.waiting(tx, ctx.tenant.id, it.table, it.words)
    if not done then return nil, err end
    done, err = tx:exec(sql.insert(it.table, it.row))
    if not done then return nil, err end
    done, err = change_log.write(tx, ctx, {
      object = it.object, id = it.id, action = "send", tenant_id = ctx.tenant.id, description = it.description,
    })
    if not done then return nil, err end
    return it.id
  end)
end

return outbox
