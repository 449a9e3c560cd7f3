-- Recordings as answers: the same file downloaded or played.
local answer = require "proxyapi.lib.answer"
local recording = require "model.recording"
local shapes = require "proxyapi.lib.shapes"

local recordings = {}

--- The parameters of a request about one recording.
recordings.PARAMS = { id = { max = 150, summary = "unique id or originate id of the call" } }

local RESULT = shapes.with_texts(shapes.file(recording.TYPES), { "No id specified" })

local function serve(req, disposition)
  local id = req.params.id
  if not id or id == "" then return answer.text("No id specified") end
  local body, found = recording.open(req.ctx, id)
  if not body then
    if found and found.code ~= "not_found" then return nil, found end
    return answer.text("")
  end
  local ending = (found.rm_path or ""):match("%.(%w+)$") or "wav"
  local name = id:gsub("[^%w._-]", "_") .. "." .. ending
  return answer.body(body, recording.type_of(found.rm_path), {
    ["Content-Disposition"] = disposition .. '; filename="' .. name .. '"',
  })
end

--- The request for the `info` that a recording is; `disposition`: attachment or inline.
function recordings.route(info, summary, disposition)
  local it = route {
    reqtype = "INFO", info = info, summary = summary, params = recordings.PARAMS,
    actions = { get = { access = "read", tenant = "optional", result = RESULT } },
  }

  function it.get(req) return serve(req, disposition) end

  return it
end

return recordings
