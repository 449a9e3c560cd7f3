-- info=BALANCE: the balance of a tenant, bare in every format.
local answer = require "proxyapi.lib.answer"
local balance_store = require "model.balance"
local check = require "lib.params"
local shapes = require "proxyapi.lib.shapes"

local balance = route {
  reqtype = "INFO",
  info = "BALANCE",
  summary = "Read the balance; with dates, its change in that span.",
  params = { start = { summary = "date or date and time" }, ["end"] = { summary = "likewise" } },
  actions = { get = { access = "read", result = shapes.value("balance", "25.00", { bare = true }) } },
}

function balance.get(req)
  local params = req.params
  local value, err
  if params.start or params["end"] then
    local first, last
    first, err = check.datetime(params.start or "1970-01-01")
    if not first then return nil, err end
    last, err = check.datetime(params["end"] or "9999-12-31", { last = true })
    if not last then return nil, err end
    value, err = balance_store.change(req.ctx, first, last)
  else
    value, err = balance_store.value(req.ctx)
  end
  if err then return nil, err end
  return answer.value("balance", ("%.2f"):format(value), true)
end

return balance
