-- MANAGEDB object voicemail: mailboxes and their messages.
local answer = require "proxyapi.lib.answer"
local files = require "files"
local managedb = require "proxyapi.lib.managedb"
local message = require "model.message"
local messages = require "proxyapi.lib.messages"

local COLUMNS = { "id", "msgnum", "dir", "callerid", "origtime", "duration", "flag", "msg_id" }

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
  local done
  done, err = message.replace(req.ctx, { id = req.params.id }, bytes)
  if not done then return nil, err end
  return answer.ok()
end

return managedb.object {
  object = "voicemail",
  summary = "Voicemail boxes and their messages.",
  model = require "model.voicemail",
  short = { "uniqueid", "mailbox", "fullname", "email" },
  extra = {
    listmessages = {
      access = "read", tenant = "required", handle = listmessages,
      params = {
        mailboxuser = { required = true, summary = "number of the mailbox" },
        mailbox = { default = "INBOX", summary = "folder" },
      },
    },
    getmessagerecording = {
      access = "read", tenant = "required", handle = getmessagerecording,
      params = { id = { required = true, pattern = "%d+", summary = "id of the message" } },
    },
    putmessagerecording = {
      access = "write", tenant = "required", handle = putmessagerecording,
      params = { id = { required = true, pattern = "%d+", summary = "id of the message" } },
    },
  },
}
