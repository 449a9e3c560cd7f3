-- /cdr: call records and their recordings.
local files = require "files"
local mikopbx = require "mikopbx.lib.envelope"
local records = require "mikopbx.lib.records"
local recording = require "model.recording"
local task = require "task"

local cdr = route {
  family = "cdr",
  summary = "Call records and recordings.",
  params = { id = { pattern = "[^/]+" } },
  actions = {
    list = { access = "read", verb = "GET /cdr" },
    get = { access = "read", verb = "GET /cdr/{id}" },
    getMetadata = { access = "read", verb = "GET /cdr:getMetadata" },
    playback = { access = "public", tenant = "none", verb = "GET /cdr:playback" },
    download = { access = "public", tenant = "none", verb = "GET /cdr:download" },
  },
}

function cdr.list(req) return records.list(req.ctx, req.params) end

function cdr.get(req) return records.one(req.ctx, req.params.id) end

function cdr.getMetadata(req) return records.metadata(req.ctx, req.params.limit) end

-- The token is the permission: a player in a browser sends no other.
local function serve(req, disposition)
  local token = tostring(req.params.token or "")
  if token == "" then
    return nil, { code = "invalid", status = 400, message = "token: missing" }
  end
  local found = records.recording(token)
  if not found then return nil, { code = "denied", message = "token: unknown or expired" } end
  task.scope(found.tenant)
  local body, err = files.open("recordings", found.path)
  if err then return nil, err end
  if not body then return nil, { code = "not_found", message = "the recording is missing" } end
  local ending = found.path:match("%.(%w+)$") or "wav"
  local value = disposition
  if disposition == "attachment" then
    value = ('attachment; filename="%s.%s"'):format(found.name, ending)
  end
  return mikopbx.raw({
    type = recording.type_of(found.path), body = body,
    headers = { ["Content-Disposition"] = value, ["Content-Transfer-Encoding"] = "binary" },
  })
end

function cdr.playback(req) return serve(req, "inline") end

function cdr.download(req) return serve(req, "attachment") end

return cdr
