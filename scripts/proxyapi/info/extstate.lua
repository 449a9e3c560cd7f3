-- info=EXTSTATE: what one extension is doing now.
local answer = require "proxyapi.lib.answer"
local peer = require "model.peer"
local registration = require "model.registration"
local shapes = require "proxyapi.lib.shapes"

-- Label and what it shows.
local SHOWN = {
  { "UniqueID", "uniqueid" }, { "LinkedID", "linkedid" }, { "Connected Line ID", "connected_number" },
  { "Connected Line ID Name", "connected_name" }, { "Context", "context" }, { "Extension", "exten" },
  { "Direction", "direction" }, { "OtherParty", "other" },
}
local LABELS = {}
for i, it in ipairs(SHOWN) do LABELS[i] = it[1] end
local STATE = shapes.with_texts(shapes.record(LABELS, { "srv01-1767323045.7", "srv01-1767323045.7", "101",
  "Ben", "authenticated", "101", "OUT", "101" }, { header = false }), { "\r\n" })

local extstate = route {
  reqtype = "INFO",
  info = "EXTSTATE",
  summary = "Read the state of an extension and the call it is in.",
  params = { ext = { aliases = { "number" }, summary = "extension number" } },
  actions = { get = { access = "read", result = STATE } },
}

function extstate.get(req)
  local ext = req.params.ext
  if not ext or ext == "" then return answer.text("\r\n") end
  local state, err = registration.state(req.ctx, peer.number(ext, req.tenant.code))
  if not state then return nil, err end
  local row = {}
  for _, it in ipairs(SHOWN) do row[it[1]] = state[it[2]] or "" end
  if not state.uniqueid then
    row.UniqueID = state.registered and "OK" or "KO"
    row.LinkedID = state.registered and "No call" or "Extension not registered"
  end
  return answer.record(LABELS, row, { header = false })
end

return extstate
