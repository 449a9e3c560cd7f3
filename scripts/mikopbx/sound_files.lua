-- /sound-files: announcements: the tenant's media files. They come in by parts and become what Asterisk plays.
local audio = require "mikopbx.lib.audio"
local crypto = require "crypto"
local json = require "json"
local mediafile = require "model.mediafile"
local mikopbx = require "mikopbx.lib.envelope"
local resource = require "mikopbx.lib.resource"
local resumable = require "mikopbx.lib.resumable"
local shapes = require "mikopbx.lib.shapes"
local upload = require "model.upload"
local wave = require "model.wave"

local HEADER, SECOND = 44, 16000

local function path_of(ctx, row)
  return ("%s/%d.%s"):format(ctx.tenant.code, row.me_id, (row.me_format or "") ~= "" and row.me_format or "wav")
end

local function read(ctx, rows)
  local list = {}
  for i, row in ipairs(rows) do
    local size = tonumber(row.me_size) or 0
    local seconds = math.floor(math.max(0, size - HEADER) / SECOND + 0.5)
    list[i] = { row_id = row.me_id, name = row.me_name or "", description = row.me_description or "", path = path_of(ctx, row),
      category = "custom", fileSize = size, duration = ("%02d:%02d"):format(math.floor(seconds / 60), seconds % 60) }
  end
  return list
end

-- The bytes of an upload as Asterisk plays them.
local function sound_of(ctx, path)
  local id = resumable.id_of(path)
  if not id then return resource.invalid({ path = "not the path of an upload" }) end
  local bytes, err = upload.read(ctx, id)
  if not bytes and err.code == "not_found" then return resource.invalid({ path = err.message }) end
  if not bytes then return nil, err end
  local sound, problem = wave.convert(bytes)
  if not sound then return resource.invalid({ path = problem .. ": only WAV is played here" }) end
  return sound
end

local function changes(ctx, it, before)
  local out = { me_name = it.name, me_description = it.description }
  if before and before.path == it.path then return out end
  local sound, err = sound_of(ctx, it.path)
  if not sound then return nil, err end
  out.me_format, out.data_base64 = "wav", crypto.base64(sound)
  return out
end

local function shown(it)
  return json.ordered("id", it.id, "name", it.name, "description", it.description, "path", it.path or "", "category", it.category,
    "fileSize", it.fileSize or 0, "duration", it.duration or "00:00")
end

local UPLOADED = shapes.record({ upload_id = "text", filename = "text", d_status = "text" }, { sound_file_id = "text" })
local KIND = {
  path = "sound-files", word = "Sound file", summary = "Announcements: the tenant's media files.",
  shape = shapes.sound, model = mediafile,
  rules = {
    name = { max = 191 }, description = { max = 500, default = "", lines = true }, path = { max = 500 },
    -- Music on hold is an object of its own, and Asterisk's own sounds are nobody's to change.
    category = { enum = { "custom" }, default = "custom" },
  },
  required = { "name", "path" },
  names = { me_name = "name", name = "name", data_base64 = "path" },
  id = "me_id", order = "me_name, me_id", orders = { name = "me_name" }, search = { "me_name", "me_description" },
  select = "SELECT me_id, me_name, me_description, me_format, me_size FROM me_mediafiles",
  read = read, changes = changes, shown = shown,
  saved = function(ctx, values)
    local id = values.path and resumable.id_of(values.path)
    if id then upload.drop(ctx, id) end
  end,
  actions = {
    getForSelect = { access = "read", verb = "GET /sound-files:getForSelect",
      params = { category = { summary = "custom; of others there is none" } },
      result = shapes.list(shapes.record(shapes.members("value id category path represent", "text"))) },
    playback = { access = "read", verb = { "GET /sound-files:playback", "HEAD /sound-files:playback" }, media = shapes.SOUND,
      params = { view = { summary = "a file's path", document = { required = true } }, download = { type = "boolean", default = false },
        filename = { max = 255 } } },
    uploadFile = { access = "write", verb = "POST /sound-files:uploadFile", result = UPLOADED, body = resumable.BODY },
    convertAudioFile = { access = "write", verb = "POST /sound-files:convertAudioFile", result = shapes.list("text"),
      body = { temp_filename = { max = 500, document = { required = true } }, category = { document = { required = true, enum = { "custom" } } } } },
  },
}

local sounds = resource.of(KIND)

function sounds.getForSelect(req)
  local list, err = resource.records(KIND, req.ctx)
  if not list then return nil, err end
  local out = json.array({})
  if (req.params.category or "custom") ~= "custom" then return out end
  for i, it in ipairs(list) do
    out[i] = json.ordered("value", it.id, "id", it.id, "category", it.category, "path", it.path,
      "represent", mikopbx.represent_sound(it.name))
  end
  return out
end

-- The path is in the tenant's folder or it is nobody's.
function sounds.playback(req)
  local view = tostring(req.params.view or "")
  local folder, name = view:match("^/*([%w_.-]+)/(%d+%.%w+)$")
  if not folder then return nil, { code = "invalid", message = "view: not the path of a sound file" } end
  if folder ~= req.ctx.tenant.code then return nil, { code = "not_found", message = "the sound file is missing" } end
  return audio.reply(audio.named(folder .. "/" .. name), req.params, "media")
end

function sounds.uploadFile(req)
  local it, err = resumable.take(req)
  if not it then return nil, err end
  local made
  if it.whole then
    local sound
    sound, err = sound_of(req.ctx, it.path)
    if not sound then return nil, err end
    made, err = mediafile.create(req.ctx, { me_name = it.name:match("^(.*)%.%w+$") or it.name, me_format = "wav",
      data_base64 = crypto.base64(sound) })
    if not made then return nil, err end
    upload.drop(req.ctx, it.id)
  end
  return json.ordered("upload_id", it.id, "filename", it.path, "d_status", it.status,
    "sound_file_id", made and tostring(made.me_id) or nil)
end

-- It is converted where it is: what is made of it then is what is played.
function sounds.convertAudioFile(req)
  local path, category = tostring(req.params.temp_filename or ""), tostring(req.params.category or "")
  if path == "" then return nil, { code = "invalid", message = "temp_filename parameter is required" } end
  if category == "" then return nil, { code = "invalid", message = "category parameter is required" } end
  if category ~= "custom" then return nil, { code = "invalid", message = "Invalid category: " .. category:sub(1, 20) } end
  local sound, err = sound_of(req.ctx, path)
  if not sound then return nil, err end
  local done
  done, err = upload.put(req.ctx, { id = resumable.id_of(path) .. ".wav", name = "sound.wav", number = 1, total = 1,
    size = #sound, bytes = sound })
  if done == nil then return nil, err end
  return json.array({ path .. ".wav" })
end

return sounds
