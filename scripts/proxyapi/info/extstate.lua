-- info=EXTSTATE: what one extension is doing now.
local answer = require "proxyapi.lib.answer"
local peer = require "model.peer"
local registration = require "model.registration"

local extstate = route {
  reqtype = "INFO",
  info = "EXTSTATE",
  summary = "Read the state of an extension and the call it is in.",
  params = { ext = { aliases = { "number" }, summary = "extension number" } },
  actions = { get = { access = "read" } },
}

function extstate.get(req)
  local ext = req.params.ext
  if not ext or ext == "" then return answer.text("\r\n") end
  local labelled, err = registration.state(req.ctx, peer.number(ext, req.tenant.code))
  if not labelled then return nil, err end
  local labels, row = {}, {}
  for i, it in ipairs(labelled) do labels[i], row[it[1]] = it[1], it[2] end
  return answer.record(labels, row, { header = false })
end

return extstate
