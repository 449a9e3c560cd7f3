-- The one column of a call record that clients may write: cdr.userfield.
local change_log = require "engine.log"
local store = require "store"

local callfield = {}

local function missing(uniqueid)
  return { code = "not_found", message = "uniqueid: no call record: " .. uniqueid }
end

--- Of several legs the first to start.
function callfield.value(ctx, uniqueid)
  local row, err = store.row([[SELECT userfield FROM cdr WHERE uniqueid = ? AND te_id = ?
    ORDER BY "start", ID LIMIT 1]], { uniqueid, ctx.tenant.id })
  if err then return nil, err end
  if not row then return nil, missing(uniqueid) end
  return row.userfield or ""
end

--- Adds to the end of the field, on all legs of the call.
function callfield.append(ctx, uniqueid, text)
  return store.transaction(function(tx)
    local done, err = tx:exec([[UPDATE cdr SET userfield = COALESCE(userfield, '') || ?
      WHERE uniqueid = ? AND te_id = ?]], { text, uniqueid, ctx.tenant.id })
    if not done then return nil, err end
    if done.changes == 0 then return nil, missing(uniqueid) end
    done, err = change_log.write(tx, ctx, {
      object = "cdr", id = uniqueid, action = "update", tenant_id = ctx.tenant.id,
    })
    if not done then return nil, err end
    return true
  end)
end

return callfield
