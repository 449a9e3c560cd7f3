-- info=EXTSTATE: what one extension is doing now.
local answer = require "lib.answer"
local call = require "model.call"
local json = require "json"
local peer = require "lib.peer"

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
  local labelled, err = call.extension_state(req.ctx, peer.number(ext, req.tenant.code))
  if not labelled then return nil, err end
  local cells, object = {}, {}
  for i, it in ipairs(labelled) do
    local label, value = it.label or it[1], tostring(it.value or it[2] or "")
    cells[i] = value:gsub("[|\r\n]", " ")
    object[#object + 1], object[#object + 2] = label, value
  end
  return answer.custom(table.concat(cells, "|") .. "\n", json.ordered(unpack(object)))
end

return extstate
