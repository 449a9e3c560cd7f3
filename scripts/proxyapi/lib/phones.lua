-- What was asked of one phone or of all, as REBOOT and UNREGISTER word it.
local answer = require "proxyapi.lib.answer"

local phones = {}

phones.params = { peer = { required = true, max = 80, summary = "phone, 103-DEMO or 103, or ALL" } }

--- `results`: list of {peer, message | error} of model.phone. `total(count)` words what was done to all of them, `one`
--- what was done to one that says nothing itself.
function phones.answer(req, results, total, one)
  local all = req.params.peer:upper() == "ALL"
  local done = 0
  for _, it in ipairs(results) do
    if not it.error then done = done + 1 end
  end
  if all and total then return answer.done(total(done)) end
  local actions = {}
  for i, it in ipairs(results) do
    actions[i] = it.error and answer.failed(it.error.message) or answer.done(it.message or one)
  end
  if all then return answer.each(actions) end
  return actions[1]
end

return phones
