-- Details of many employees at once; /employees's tests save them.
local client = require "support.mikopbx"

test("an export costs the same however many there are", function(t)
  local function reads()
    local link = t.http:post(client.BASE .. "/employees:export", { headers = client.bearer(t), json = { format = "full" } }).json.data
    local path = link.filename:match("^(.*)%?")
    local least = math.huge
    for _ = 1, 4 do
      t.statements()
      local res = t.http:get(path, { query = { token = link.filename:match("token=(.*)$") } })
      t.equal(res.status, 200)
      least = math.min(least, t.statements().reads)
    end
    return least
  end
  client.employee(t, "201", "John")
  client.employee(t, "202", "Ann", { fwd_forwarding = "201", fwd_forwardingonbusy = "79001234567" })
  local few = reads()
  for i = 3, 9 do
    client.employee(t, "20" .. i, "N" .. i, { fwd_forwarding = "20" .. i - 1, fwd_forwardingonbusy = "79001234567" })
  end
  t.equal(reads(), few)
end)
