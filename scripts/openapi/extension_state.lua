-- OpenAPI /extensions/state: what an extension does now.
local json = require "json"
local registration = require "model.registration"

local LABELS = { "UniqueID", "LinkedID", "Connected Line ID", "Connected Line ID Name", "Context", "Extension", "Direction",
  "OtherParty" }

-- One text for each label, "" where there is nothing to say.
local RESULT = { type = "object", required = LABELS, properties = {}, additionalProperties = false, example = {} }
for _, label in ipairs(LABELS) do RESULT.properties[label], RESULT.example[label] = { type = "string" }, "" end
RESULT.example.UniqueID, RESULT.example.LinkedID = "KO", "Extension not registered"

local extension_state = route {
  object = "extension_state", summary = "What an extension does now.", tags = { "Extension" },
  actions = {
    get = {
      access = "read", verb = { "GET /extensions/state", "GET /extension/state" }, result = RESULT,
      params = {
        number = { type = "extension", required = true, aliases = { "ext" }, example = "100",
          summary = "number of the extension" },
      },
    },
  },
}

function extension_state.get(req)
  local it, err = registration.state(req.ctx, req.params.number)
  if not it then return nil, err end
  local list, texts = {}, { it.registered and "OK" or "KO", it.registered and "No call" or "Extension not registered" }
  if it.uniqueid then
    texts = { it.uniqueid, it.linkedid, it.connected_number, it.connected_name, it.context, it.exten, it.direction, it.other }
  end
  for i, label in ipairs(LABELS) do list[2 * i - 1], list[2 * i] = label, texts[i] or "" end
  return json.ordered(unpack(list))
end

return extension_state
