-- Audio files as MikoPBX sends them: inline or as a download, by ranges, with how long they last.
local files = require "files"
local reply = require "lib.reply"

local audio = {}

local TYPES = { wav = "audio/wav", mp3 = "audio/mpeg", webm = "audio/webm", ogg = "audio/ogg" }
-- Asterisk's own WAV: a header, then 8000 samples of two bytes a second.
local HEADER, SECOND = 44, 16000

local function ending_of(path) return path:match("%.(%w+)$") or "wav" end

local function yes(value) return value == true or value == "true" or value == "1" or value == 1 end

--- The file of a path that a client has named.
function audio.named(path)
  path = tostring(path):gsub("^/+", "")
  return { path = path, name = path:match("([^/]+)%.%w+$") or path:match("([^/]+)$") or "recording" }
end

local function seconds_of(found, size)
  if (tonumber(found.duration) or 0) > 0 then return tonumber(found.duration) end
  if ending_of(found.path) == "wav" then return math.max(0, math.floor((size - HEADER) / SECOND)) end
end

-- A name within a header: quotes and what is not printable ASCII would end or break it.
local function header_name(text) return (tostring(text):gsub('[^%w%._ -]', "_"):sub(1, 120)) end

--- The response of a file. found: {path, name, duration}; options: format, download, filename.
function audio.reply(found, options, root)
  root = root or "recordings"
  local ending = ending_of(found.path)
  local format = tostring(options.format or "original"):lower()
  if format ~= "original" and format ~= "" and format ~= ending then
    return nil, { code = "invalid", message = "format: the recording is there as " .. ending .. " only" }
  end
  local info, err = files.stat(root, found.path)
  if err and err.code == "unavailable" then return nil, err end
  local body
  if info and info.kind == "file" then
    body, err = files.open(root, found.path)
    if err then return nil, err end
  end
  if not body then
    return nil, err and err.code == "denied" and err or { code = "not_found", message = "the recording is missing" }
  end
  local name = tostring(options.filename or "")
  if name == "" then name = found.name .. "." .. ending end
  local headers = {
    ["Content-Disposition"] = ('%s; filename="%s"'):format(
      yes(options.download) and "attachment" or "inline", header_name(name)),
    ["Content-Transfer-Encoding"] = "binary", ["Access-Control-Allow-Origin"] = "*",
    ["X-Content-Type-Options"] = "nosniff",
  }
  local seconds = seconds_of(found, info.size)
  if seconds then headers["X-Audio-Duration"] = tostring(seconds) end
  return reply.body(body, { type = TYPES[ending] or files.type(found.path), headers = headers })
end

return audio
