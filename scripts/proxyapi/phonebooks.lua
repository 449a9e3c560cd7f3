-- reqtype=PHONEBOOKS: the phonebooks of a tenant.
local answer = require "proxyapi.lib.answer"
local phonebook = require "model.phonebook"

local phonebooks = route {
  reqtype = "PHONEBOOKS",
  summary = "List the phonebooks.",
  actions = { list = { access = "read" } },
}

function phonebooks.list(req)
  local rows, err = phonebook.rows(req.ctx, { columns = { "pb_id", "pb_name" } })
  if not rows then return nil, err end
  return answer.list({ "pb_id", "pb_name" }, rows:list())
end

return phonebooks
