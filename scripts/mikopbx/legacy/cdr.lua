-- cdr/...: running calls and recordings in the older API.
local files = require "files"
local json = require "json"
local recording = require "model.recording"
local reply = require "lib.reply"
local running = require "mikopbx.lib.calls"
local shapes = require "mikopbx.lib.shapes"

local cdr = route {
  family = "cdr",
  summary = "Running calls and recordings.",
  actions = {
    getActiveCalls = { access = "read", verb = "GET /cdr/getActiveCalls", result = shapes.list("text") },
    getActiveChannels = { access = "read", verb = "GET /cdr/getActiveChannels", result = shapes.list(shapes.channels) },
    playback = {
      access = "read", verb = { "GET /cdr/playback", "GET /cdr/v2/playback", "GET /cdr/v2/getRecordFile" },
      media = shapes.SOUND,
      params = {
        view = { summary = "path of the recording below the recordings folder" },
        filename = { summary = "name for the download" },
        download = { summary = "1: as a download" },
      },
    },
  },
}

-- One string that is JSON itself: the original passes its worker's text on.
function cdr.getActiveCalls()
  return json.array({ json.encode(running.active_calls(), { php = true }) })
end

function cdr.getActiveChannels() return running.active_channels() end

function cdr.playback(req)
  local path = tostring(req.params.view or "")
  if path == "" then return nil, { code = "not_found", message = "view: missing" } end
  -- The original's paths are absolute; ours start below the recordings folder.
  local inner = path:match("/monitor/(.+)$") or path:gsub("^/+", "")
  local body, err = files.open("recordings", inner)
  if err then
    return nil, err.code == "invalid" and { code = "not_found", message = err.message } or err
  end
  if not body then return nil, { code = "not_found", message = "the recording is missing" } end
  local name = tostring(req.params.filename or inner:match("([^/]*)$")):gsub('[%c"\\]', "_")
  local wanted = tostring(req.params.download or "")
  local kind = wanted ~= "" and wanted ~= "0" and "attachment" or "inline"
  return reply.body(body, { type = recording.type_of(inner),
    headers = { ["Content-Disposition"] = ('%s; filename="%s"'):format(kind, name) },
  })
end

return cdr
