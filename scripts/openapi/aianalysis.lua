-- OpenAPI /aianalysis: what was said in a call and how.
local json = require "json"
local recording = require "model.recording"
local resource = require "lib.resource"

local PATHS = { "aianalysis", "aianalyses", "ai_analysis", "ai_analyses", "ai_analysises", "callanalysis", "call_analysis" }
local verbs = {}
for _, path in ipairs(PATHS) do
  verbs[#verbs + 1] = "GET /" .. path
  verbs[#verbs + 1] = "GET /" .. path .. "/{uniqueid}"
end

local aianalysis = route {
  object = "aianalysis", summary = "Transcript, summary and mood of a call.", tags = { "Call records" },
  actions = {
    list = {
      access = "read", tenant = "optional", verb = verbs,
      params = { uniqueid = { max = 150, summary = "uniqueid of the call", example = "1700000000.12" } },
    },
  },
}

function aianalysis.list(req)
  local uniqueid = req.params.uniqueid
  if not uniqueid or uniqueid == "" then
    return nil, { code = "invalid", reason = "uniqueid_required", field = "uniqueid",
      message = "Provide a uniqueid." }
  end
  local found, err = recording.analysis(resource.context(req), uniqueid)
  if not found then return nil, err end
  return json.array(found)
end

return aianalysis
