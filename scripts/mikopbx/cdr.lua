-- /cdr: call records and their recordings.
local access = require "mikopbx.lib.access"
local audio = require "mikopbx.lib.audio"
local callremoval = require "model.callremoval"
local json = require "json"
local records = require "mikopbx.lib.records"
local shapes = require "mikopbx.lib.shapes"
local task = require "task"

local DAY_OR_TIME = "a day, or a moment; with a zone or without"
local FILE = {
  format = { enum = { "original", "wav", "mp3", "webm", "ogg" }, summary = "only what the file is" },
}

local WHO = { ["401"] = "Nobody who may hear it.", ["403"] = "The token is unknown or has expired." }

local cdr = route {
  family = "cdr",
  summary = "Call records and recordings.",
  params = { id = { pattern = "[^/]+" } },
  actions = {
    list = {
      access = "read", verb = "GET /cdr", result = shapes.records,
      params = {
        limit = { type = "integer", default = 50, summary = "1 to 100" },
        offset = { type = "integer", default = 0 },
        dateFrom = { summary = DAY_OR_TIME .. "; without any filter the last 30 days" },
        dateTo = { summary = DAY_OR_TIME .. "; at most 365 days later" },
        src_num = { summary = "part of the caller's number" },
        dst_num = { summary = "part of the number called or rung" },
        did = { summary = "part of the number that was dialled from outside" },
        disposition = { summary = "ANSWERED, NOANSWER, BUSY, CHANUNAVAIL, FAILED" },
        linkedid = { summary = "one call" },
        search = { summary = "part of a number or name of either party" },
        idFrom = { type = "integer", summary = "records with a higher id" },
        sort = { enum = { "id", "start", "linkedid", "src_num", "dst_num", "did", "disposition",
          "duration", "billsec" } },
        order = { enum = { "ASC", "DESC" }, default = "DESC" },
        grouped = { type = "boolean", default = true, summary = "calls with their legs, or legs" },
      },
    },
    get = { access = "read", verb = "GET /cdr/{id}", result = { anyOf = { shapes.leg, shapes.whole_call } } },
    getMetadata = {
      access = "read", verb = "GET /cdr:getMetadata", result = shapes.records_span,
      params = { limit = { type = "integer", default = 100, summary = "1 to 1000" } },
    },
    getStatsByProvider = {
      access = "read", verb = "GET /cdr:getStatsByProvider", result = shapes.list(shapes.provider_calls),
      params = {
        dateFrom = { required = true, summary = DAY_OR_TIME },
        dateTo = { required = true, summary = DAY_OR_TIME .. "; at most 365 days later" },
        provider = { summary = "id of one provider" },
      },
    },
    playback = {
      access = "public", tenant = "none", verb = "GET /cdr:playback", media = shapes.SOUND, statuses = WHO,
      params = {
        token = { summary = "of a record's playback_url" },
        view = { summary = "the recordingfile of a record instead of a token, for a key that reads /cdr" },
        download = { type = "boolean" }, filename = { summary = "name of the download" },
        format = FILE.format,
      },
    },
    download = {
      access = "public", tenant = "none", verb = "GET /cdr:download", media = shapes.SOUND, statuses = WHO,
      params = { token = { required = true, summary = "of a record's download_url" }, format = FILE.format },
    },
    delete = {
      access = "write", verb = "DELETE /cdr/{id}", result = shapes.records_gone,
      body = { deleteRecording = { type = "boolean", default = false, summary = "its files too" } },
    },
  },
}

function cdr.list(req) return records.list(req.ctx, req.params) end

function cdr.get(req) return records.one(req.ctx, req.params.id) end

function cdr.getMetadata(req) return records.metadata(req.ctx, req.params.limit) end

function cdr.getStatsByProvider(req) return records.by_provider(req.ctx, req.params) end

-- The token is the permission: a player in a browser sends no other.
local function by_token(token)
  local found, err = records.recording(token)
  if not found then return nil, err or { code = "denied", message = "token: unknown or expired" } end
  task.scope(found.tenant)
  return found
end

-- A path of a recording is no secret, so who asks by it says who he is.
local function by_path(req)
  local caller, err = access.caller(req)
  if not caller then return nil, err end
  local entered
  entered, err = access.enter(req, caller, "cdr", false)
  if not entered then return nil, err end
  return audio.named(req.params.view)
end

function cdr.playback(req)
  local token, view = tostring(req.params.token or ""), tostring(req.params.view or "")
  if token == "" and view == "" then
    return nil, { code = "invalid", status = 400, message = "token: missing" }
  end
  local found, err
  if token ~= "" then found, err = by_token(token) else found, err = by_path(req) end
  if not found then return nil, err end
  return audio.reply(found, req.params)
end

function cdr.download(req)
  local token = tostring(req.params.token or "")
  if token == "" then return nil, { code = "invalid", status = 400, message = "token: missing" } end
  local found, err = by_token(token)
  if not found then return nil, err end
  return audio.reply(found, { format = req.params.format, download = "1" })
end

local function yes(value) return value == true or value == "true" or value == "1" or value == 1 end

function cdr.delete(req)
  local id = req.params.id
  -- A linkedid of Asterisk is 1776055500.12, of the original mikopbx-1776055500.12.
  if not id:match("^%d+$") and not id:match("^[%w_-]*%d%.%d+$") and not id:match("^mikopbx%-") then
    return nil, { code = "invalid", status = 400,
      message = "Invalid ID format. Expected a number or a linkedid" }
  end
  local gone, err = callremoval.run(req.ctx, id, yes(req.params.deleteRecording))
  if not gone then return nil, err end
  return json.ordered("id", id, "linkedid", gone.linkedid, "recordingDeleted", gone.recordings > 0,
    "linkedRecordsDeleted", id:match("^%d+$") and 0 or gone.legs)
end

return cdr
