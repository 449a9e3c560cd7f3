-- reqtype=BALANCE: change the balance of a tenant.
local answer = require "proxyapi.lib.answer"
local balance_store = require "model.balance"
local shapes = require "proxyapi.lib.shapes"

local balance = route {
  reqtype = "BALANCE",
  summary = "Add to or take from the balance of a tenant.",
  params = {
    amount = { required = true, pattern = "[+-]?%d+%.?%d*", max = 20, summary = "signed" },
    description = { default = "", max = 255 },
  },
  actions = { add = { access = "admin", result = shapes.ok({ balance = "25.00" }) } },
}

function balance.add(req)
  local amount = tonumber((req.params.amount:gsub("^%+", "")))
  local now, err = balance_store.add(req.ctx, amount, req.params.description)
  if not now then return nil, err end
  return answer.ok({ balance = ("%.2f"):format(now) })
end

return balance
