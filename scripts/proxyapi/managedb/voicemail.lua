-- MANAGEDB object voicemail: mailboxes and their messages.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local message = require "model.message"

local COLUMNS = { "id", "msgnum", "dir", "callerid", "origtime", "duration", "flag", "msg_id" }

local function listmessages(req)
  local folder = req.params.mailbox
  local found, err = message.list(req.ctx, { mailbox = req.params.mailboxuser, folder = folder })
  if not found then return nil, err end
  return answer.document(managedb.keyed(found, "id", COLUMNS))
end

local function getmessagerecording(req)
  local body, found = message.open(req.ctx, { id = req.params.id })
  if not body then return nil, found end
  local name = found.msg_id:gsub("[^%w-]", "_") .. "." .. found.format
  return answer.body(body, message.type_of(found), {
    ["Content-Disposition"] = 'attachment; filename="' .. name .. '"',
  })
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
  },
}
