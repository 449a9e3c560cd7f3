-- MANAGEDB object mediafile: sounds to play.
local answer = require "proxyapi.lib.answer"
local crypto = require "crypto"
local files = require "files"
local managedb = require "proxyapi.lib.managedb"
local mediafile = require "model.mediafile"
local shapes = require "proxyapi.lib.shapes"

local MAX_SOUND = 64 * 1024 * 1024

local function getbinary(req)
  local bytes, type_or_error = mediafile.data(req.ctx, req.params.objectid)
  if bytes then return answer.body(bytes, type_or_error) end
  if type(type_or_error) == "table" then return nil, type_or_error end
  return answer.empty()
end

-- The file of a form, or the whole body.
local function sound(req)
  local part = req.parts and req.parts[1]
  if part then return files.part(part, MAX_SOUND) end
  if req.form or req.body == "" then return nil end
  return req.body
end

local function updatebinary(req)
  local bytes, err = sound(req)
  if err then return nil, err end
  if not bytes or bytes == "" then return answer.refused("No file") end
  local row
  row, err = mediafile.update(req.ctx, req.params.objectid, { data_base64 = crypto.base64(bytes) })
  if not row then return nil, err end
  return managedb.shown(mediafile, req.ctx, row.me_id)
end

return managedb.object {
  object = "mediafile",
  summary = "Media files.",
  model = mediafile,
  short = { "me_id", "me_name" },
  example = { 7, "Welcome" },
  extra = {
    getbinary = {
      access = "read", params = { objectid = managedb.OBJECTID }, handle = getbinary,
      result = shapes.file(mediafile.TYPES),
    },
    updatebinary = {
      access = "write", params = { objectid = managedb.OBJECTID }, handle = updatebinary,
      result = shapes.row(mediafile), body = { filename = shapes.FILE },
    },
  },
}
