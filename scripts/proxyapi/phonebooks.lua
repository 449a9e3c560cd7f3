-- reqtype=PHONEBOOKS: the phonebooks of a tenant.
local answer = require "proxyapi.lib.answer"
local phonebook = require "model.phonebook"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = { "pb_id", "pb_name" }

local phonebooks = route {
  reqtype = "PHONEBOOKS",
  summary = "List the phonebooks.",
  actions = { list = { access = "read", result = shapes.list(COLUMNS, { 2, "Default" }) } },
}

function phonebooks.list(req)
  return answer.read(COLUMNS, phonebook.rows(req.ctx, { columns = COLUMNS }))
end

return phonebooks
