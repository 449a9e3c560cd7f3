-- reqtype=MEDIAFILE: the sound of a media file.
local answer = require "proxyapi.lib.answer"
local mediafile_model = require "model.mediafile"
local shapes = require "proxyapi.lib.shapes"

local mediafile = route {
  reqtype = "MEDIAFILE",
  summary = "Download the sound of a media file.",
  params = {
    objectid = { type = "integer", required = true, summary = "id of the media file" },
    id = { summary = "accepted; objectid counts" },
  },
  actions = { getaudio = { access = "read", result = shapes.file(mediafile_model.TYPES) } },
}

function mediafile.getaudio(req)
  local bytes, type_or_error = mediafile_model.data(req.ctx, req.params.objectid)
  if bytes then return answer.body(bytes, type_or_error) end
  if type(type_or_error) == "table" then return nil, type_or_error end
  return answer.empty()
end

return mediafile
