-- Recordings as answers: the same file downloaded or played.
local answer = require "proxyapi.lib.answer"
local recording = require "model.recording"

local recordings = {}

--- `disposition`: attachment or inline.
function recordings.serve(req, disposition)
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

return recordings
