-- A part of a file as Resumable.js sends it: fields of a form beside the bytes.
local files = require "files"
local upload = require "model.upload"

local resumable = {}

resumable.BODY = {
  resumableIdentifier = { max = 255, summary = "the upload's id", document = { required = true } },
  resumableFilename = { max = 255, document = { required = true } },
  resumableChunkNumber = { type = "integer", document = { required = true } },
  resumableTotalChunks = { type = "integer", document = { required = true } },
  resumableTotalSize = { type = "integer", document = { required = true } },
}

local function whole(value, other) return math.floor(tonumber(value) or other) end

--- Keeps the part of a request. Returns the upload's id, name and whether it is whole.
function resumable.take(req)
  local part = req.parts and req.parts[1]
  if not part then return nil, { code = "invalid", message = "file: a part of a multipart form is missing" } end
  local bytes, err = files.part(part, upload.MOST_BYTES)
  if not bytes then return nil, err end
  local params = req.params
  local name = tostring(params.resumableFilename or part.filename or "")
  local id = tostring(params.resumableIdentifier or "")
  if id == "" then return nil, { code = "invalid", message = "resumableIdentifier: missing" } end
  local done
  done, err = upload.put(req.ctx, { id = id, name = name, number = whole(params.resumableChunkNumber, 1),
    total = whole(params.resumableTotalChunks, 1), size = whole(params.resumableTotalSize, #bytes), bytes = bytes })
  if done == nil then return nil, err end
  return { id = id, name = name, whole = done, path = "uploads/" .. id,
    status = done and "UPLOAD_COMPLETE" or "WAITING_FOR_NEXT_PART" }
end

--- The upload that a path of ours names; nil for another path.
function resumable.id_of(path) return tostring(path):match("^uploads/(.+)$") end

return resumable
