-- MANAGEDB object voicemail: mailboxes and their messages.
local answer = require "proxyapi.lib.answer"
local files = require "files"
local managedb = require "proxyapi.lib.managedb"
local message = require "model.message"
local messages = require "proxyapi.lib.messages"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = { "id", "msgnum", "dir", "callerid", "origtime", "duration", "flag", "msg_id" }

local EXAMPLE = {
  "147568570900000004", 4, "/var/spool/asterisk/voicemail/DEMO/100/INBOX", '"Ben" <101>', "1475685709", "7", "",
  "1475685709-00000004",
}

local function listmessages(req)
  local folder = req.params.mailbox
  local found, err = message.list(req.ctx, { mailbox = req.params.mailboxuser, folder = folder })
  if not found then return nil, err end
  return answer.document(managedb.keyed(found, "id", COLUMNS))
end

local function getmessagerecording(req) return messages.serve(req, { id = req.params.id }) end

local function putmessagerecording(req)
  local part = req.parts and req.parts[1]
  local bytes, err
  if part then bytes, err = files.part(part, message.MAX_SOUND) else bytes = not req.form and req.body or nil end
  if err then return nil, err end
  if not bytes or bytes == "" then return answer.refused("No file") end
  return answer.changed(message.replace(req.ctx, { id = req.params.id }, bytes))
end

return managedb.object {
  object = "voicemail",
  summary = "Voicemail boxes and their messages.",
  model = require "model.voicemail",
  short = { "uniqueid", "mailbox", "fullname", "email" },
  example = { 7, "100", "Ada", "ada@pbx.example" },
  extra = {
    listmessages = {
      access = "read", tenant = "required", handle = listmessages, result = shapes.keyed(COLUMNS, EXAMPLE),
      params = {
        mailboxuser = { required = true, summary = "number of the mailbox" },
        mailbox = { default = "INBOX", summary = "folder" },
      },
    },
    getmessagerecording = {
      access = "read", tenant = "required", handle = getmessagerecording, result = messages.RESULT,
      params = { id = { required = true, pattern = "%d+", summary = "id of the message" } },
    },
    putmessagerecording = {
      access = "write", tenant = "required", handle = putmessagerecording, result = shapes.ok(),
      body = { filename = shapes.FILE },
      params = { id = { required = true, pattern = "%d+", summary = "id of the message" } },
    },
  },
}
