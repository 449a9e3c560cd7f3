-- /files: uploads in parts, for what is made of them. Files of the machine are its operator's.
local json = require "json"
local refusal = require "mikopbx.lib.refusal"
local resumable = require "mikopbx.lib.resumable"
local shapes = require "mikopbx.lib.shapes"
local upload = require "model.upload"

local REFUSED = {
  firmwareStatus = "GET /files:firmwareStatus", downloadFirmware = "POST /files:downloadFirmware",
  getFile = "GET /files/{path}", putFile = "PUT /files/{path}", deleteFile = "DELETE /files/{path}",
}

local uploads = route {
  family = "files",
  summary = "Files in parts, for what is made of them.",
  actions = refusal.actions(REFUSED, {
    upload = { access = "write", verb = "POST /files:upload", body = resumable.BODY,
      result = shapes.record({ upload_id = "text", filename = "text", d_status = "text" }) },
    uploadStatus = { access = "read", verb = "GET /files:uploadStatus",
      params = { id = { max = 255, document = { required = true }, summary = "the upload's id" } },
      result = shapes.record({ d_status = "text", d_status_progress = "text" }) },
  }),
}

function uploads.upload(req)
  local it, err = resumable.take(req)
  if not it then return nil, err end
  return json.ordered("upload_id", it.id, "filename", it.path, "d_status", it.status)
end

function uploads.uploadStatus(req)
  local status, err = upload.status(req.ctx, tostring(req.params.id or ""))
  if err then return nil, err end
  if not status then return nil, { code = "not_found", status = 422, message = "NOT_FOUND" } end
  return status == true and { d_status = "UPLOAD_COMPLETE", d_status_progress = "100" }
    or { d_status = "WAITING_FOR_NEXT_PART", d_status_progress = "0" }
end

return refusal.handlers(uploads, REFUSED, "is not done here: the machine is its operator's")
