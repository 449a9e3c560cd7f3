-- A tenant's balance; every change keeps its own row, so that a dispute can be settled.
local change_log = require "engine.log"
local moment = require "lib.moment"
local store = require "store"

local balance = {}

--- What a tenant has, as a number.
function balance.value(ctx)
  local value, err = store.value("SELECT te_balance FROM te_tenants WHERE te_id = ?",
    { ctx.tenant.id })
  if err then return nil, err end
  return tonumber(value) or 0
end

--- Sum of the changes in a span of dates.
function balance.change(ctx, first, last)
  local value, err = store.value([[SELECT SUM(ba_amount) FROM ba_balances
    WHERE ba_te_id = ? AND ba_date BETWEEN ? AND ?]], { ctx.tenant.id, first, last })
  if err then return nil, err end
  return tonumber(value) or 0
end

--- Adds an amount, which may be below zero. The new balance.
function balance.add(ctx, amount, description)
  return store.transaction(function(tx)
    local id = ctx.tenant.id
    local done, err = tx:exec("UPDATE te_tenants SET te_balance = te_balance + ? WHERE te_id = ?",
      { amount, id })
    if not done then return nil, err end
    local value
    value, err = tx:value("SELECT te_balance FROM te_tenants WHERE te_id = ?", { id })
    if err then return nil, err end
    done, err = tx:exec([[INSERT INTO ba_balances
      (ba_te_id, ba_date, ba_amount, ba_balance, ba_description) VALUES (?, ?, ?, ?, ?)]],
      { id, moment.now(), amount, value, description })
    if not done then return nil, err end
    done, err = change_log.write(tx, ctx, {
      object = "tenant", id = id, action = "update", tenant_id = id,
      description = ("balance %.2f"):format(amount),
    })
    if not done then return nil, err end
    return value
  end)
end

return balance
