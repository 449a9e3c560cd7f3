-- For family_test.lua: who lives in a room, found through a model.
local extension = require "model.extension"

local guest = route {
  room = "guest",
  summary = "Who lives in a room.",
  actions = {
    show = { access = "read", verb = "GET /guest/{number}", params = { number = { type = "extension", required = true } } },
  },
}

function guest.show(req)
  local row, err = extension.by_number(req.ctx, req.params.number)
  if not row then return nil, err end
  return { row.ex_number, row.ex_name }
end

return guest
