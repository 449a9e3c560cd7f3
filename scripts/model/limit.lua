-- How many objects of a kind a tenant may have.
local store = require "store"

local limit = {}

local function of(reader, tenant_id, column)
  local most, err = reader("SELECT " .. column .. " FROM te_tenants WHERE te_id = ?", { tenant_id })
  if err then return nil, err end
  most = tonumber(most)
  return most and most >= 0 and most or nil
end

--- The limit that a column of the tenant's row holds; nil without an error when there is none.
function limit.of(tenant_id, column) return of(store.value, tenant_id, column) end

--- Refuses one more object of the change's model. `words`: what the message calls them.
function limit.check(tx, change, column, words)
  local model = change.model
  local most, err = of(function(...) return tx:value(...) end, change.tenant_id, column)
  if not most then return err == nil or nil, err end
  local count
  count, err = tx:value(("SELECT count(*) FROM %s WHERE %s = ?"):format(model.table, model.tenant), { change.tenant_id })
  if err then return nil, err end
  if count < most then return true end
  return nil, { code = "denied", reason = "license_limit", message = ("The tenant has its %d %s."):format(most, words) }
end

-- Of one tenant, waiting to be sent.
local MOST_WAITING = 1000

--- Refuses one more row of a table of what is to be sent (fa_faxes, sm_smses), when many wait. `words`: as above.
function limit.waiting(tx, tenant_id, table_name, words)
  local prefix = table_name:match("^%l%l")
  local waiting, err = tx:value(("SELECT count(*) FROM (SELECT %s_id FROM %s WHERE %s_status = 'QUEUED' AND %s_te_id = ? "
    .. "LIMIT ?) w"):format(prefix, table_name, prefix, prefix), { tenant_id, MOST_WAITING })
  if err then return nil, err end
  if waiting < MOST_WAITING then return true end
  return nil, { code = "refused", message = ("too many %s wait to be sent"):format(words) }
end

return limit
