-- Sound files, kept in the store. The sound itself comes and goes in base64 and is never echoed. A
-- copy is a file, because that is what Asterisk plays.
local crypto = require "crypto"
local files = require "files"
local json = require "json"
local log = require "log"
local moment = require "lib.moment"
local object = require "engine.object"
local store = require "store"

local function normalize(_, fields, row)
  local data = fields.data_base64
  fields.data_base64, fields.sound = nil, nil
  if data == nil then data = fields.me_data end
  fields.me_data = nil
  if not row and fields.me_datetime == nil then
    fields.me_datetime = moment.now()
  end
  if data == nil or data == json.null then return true end
  local bytes = type(data) == "string" and crypto.unbase64((data:gsub("%s", "")))
  if not bytes then
    return nil, { code = "invalid", reason = "invalid_field", field = "data_base64",
      message = "data_base64: not base64" }
  end
  fields.me_size, fields.me_md5 = #bytes, crypto.md5(bytes)
  fields.me_data, fields.sound = store.blob(bytes), bytes
  return true
end

-- CODE/ID.FORMAT; the dialplan names it without the format (schema/0092).
local function path_of(row, tenant)
  local folder = tenant.code ~= "" and tenant.code or "_global"
  local format = row.me_format
  if not format or format == "" then format = "wav" end
  return ("%s/%d.%s"):format(folder, row.me_id, format:lower())
end

local function copy(change)
  local path = path_of(change.row, change.tenant)
  local old = change.before and path_of(change.before, change.tenant) or path
  if change.action == "delete" then return files.remove("media", path) end
  local sound = change.fields.sound
  if not sound then return old == path or files.move("media", old, path) end
  local ok, err = files.write("media", path, sound)
  if not ok or old == path then return ok, err end
  return files.remove("media", old)
end

local function committed(change)
  local ok, err = copy(change)
  -- A media file without a sound has no copy.
  if ok or err.code == "not_found" then return end
  log.warn("the copy of a media file that Asterisk plays is not up to date",
    { id = change.id, error = err.message })
end

local mediafile = object {
  name = "mediafile", title = "Media file", summary = "A sound to play.",
  paths = { "media", "media_file", "media_files" },
  table = "me_mediafiles", id = "me_id", tenant = "me_te_id", label = "me_name",
  unfollowed = require("model.unfollowed").me_mediafiles,
  scope = "tenant+global",
  required = { "me_name" },
  tags = { "PLAYBACK", "MEDIAFILE", "RERECORD", "RERECORDSILENT", "CLEARRECORDING" },
  example = { name = "Welcome", format = "wav", data_base64 = "UklGRg==" },
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
  normalize = normalize, committed = committed,
}

local TYPES = { wav = "audio/x-wav", mp3 = "audio/mpeg", gsm = "audio/gsm", ogg = "audio/ogg",
  g722 = "audio/G722", alaw = "audio/x-alaw", ulaw = "audio/basic" }
mediafile.TYPES = TYPES

--- The bytes of a sound and its content type; nil without an error when there is none.
function mediafile.data(ctx, id)
  local row, err = mediafile.find(ctx, id)
  if not row then return nil, err end
  local bytes
  bytes, err = store.value("SELECT me_data FROM me_mediafiles WHERE me_id = ?", { row.me_id })
  if err then return nil, err end
  return bytes, TYPES[(row.me_format or ""):lower()] or "application/octet-stream"
end

--- The id of the file of the tenant's or of everybody that a name, or an id as text, means; nil without an error when
--- there is none.
function mediafile.named(ctx, text)
  return store.value("SELECT me_id FROM me_mediafiles WHERE me_te_id IN (?, 0) AND (me_name = ? OR me_id = ?) "
    .. "ORDER BY me_te_id DESC, me_id LIMIT 1", { ctx.tenant.id, text, text:find("^%d+$") and tonumber(text) or 0 })
end

return mediafile
