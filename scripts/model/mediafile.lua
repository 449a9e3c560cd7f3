-- Sound files, kept in the store. The sound itself comes and goes in base64 and is never echoed.
local crypto = require "crypto"
local json = require "json"
local object = require "lib.object"
local store = require "store"
local time = require "time"

local function normalize(_, fields, row)
  local data = fields.data_base64
  fields.data_base64 = nil
  if data == nil then data = fields.me_data end
  fields.me_data = nil
  if not row and fields.me_datetime == nil then
    fields.me_datetime = time.format("%Y-%m-%d %H:%M:%S")
  end
  if data == nil or data == json.null then return true end
  local bytes = type(data) == "string" and crypto.unbase64((data:gsub("%s", "")))
  if not bytes then
    return nil, { code = "invalid", reason = "invalid_field", field = "data_base64",
      message = "data_base64: not base64" }
  end
  fields.me_size, fields.me_md5 = #bytes, crypto.md5(bytes)
  fields.me_data = store.blob(bytes)
  return true
end

local mediafile = object {
  name = "mediafile", title = "Media file", summary = "A sound to play.",
  paths = { "media", "media_file", "media_files" },
  table = "me_mediafiles", id = "me_id", tenant = "me_te_id", label = "me_name",
  scope = "tenant+global",
  required = { "me_name" },
  columns = {
    me_format = { pattern = "[%w]*", max = 10 }, me_type = { pattern = "[%w_-]*" },
    me_text = { multiline = true },
  },
  aliases = {
    name = "me_name", description = "me_description", format = "me_format", type = "me_type",
    text = "me_text", engine = "me_engine", language = "me_language",
  },
  hidden = { "me_data" },
  body = { data_base64 = { type = "string", format = "byte", description = "The sound." } },
  normalize = normalize,
}

local TYPES = { wav = "audio/x-wav", mp3 = "audio/mpeg", gsm = "audio/gsm", ogg = "audio/ogg",
  g722 = "audio/G722", alaw = "audio/x-alaw", ulaw = "audio/basic" }

--- The bytes of a sound and its content type; nil without an error when there is none.
function mediafile.data(ctx, id)
  local row, err = mediafile.find(ctx, id)
  if not row then return nil, err end
  local bytes
  bytes, err = store.value("SELECT me_data FROM me_mediafiles WHERE me_id = ?", { row.me_id })
  if err then return nil, err end
  return bytes, TYPES[(row.me_format or ""):lower()] or "application/octet-stream"
end

return mediafile
