-- OpenAPI /extensions/state: what an extension does now.
local json = require "json"
local registration = require "model.registration"

-- One text for each label, "" where there is nothing to say.
local RESULT = { type = "object", required = registration.STATE_LABELS, properties = {}, additionalProperties = false, example = {} }
for _, label in ipairs(registration.STATE_LABELS) do
  RESULT.properties[label], RESULT.example[label] = { type = "string" }, ""
end
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
  local state, err = registration.state(req.ctx, req.params.number)
  if not state then return nil, err end
  local list = {}
  for _, item in ipairs(state) do
    list[#list + 1], list[#list + 2] = item[1], item[2]
  end
  return json.ordered(unpack(list))
end

return extension_state
