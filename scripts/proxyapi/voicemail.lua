-- reqtype=VOICEMAIL: mailboxes and their messages.
local answer = require "proxyapi.lib.answer"
local box = require "model.voicemail"
local listing = require "model.listing"
local message = require "model.message"
local messages = require "proxyapi.lib.messages"
local moment = require "lib.moment"
local shapes = require "proxyapi.lib.shapes"

local SHORT = { { "mailbox", "Mailbox" }, { "fullname", "Fullname" }, { "email", "Email" }, { "attach", "Attach" } }
local SHORT_BOX = { "100", "Ada", "ada@pbx.example", "yes" }
local BOX = { uniqueid = 7, te_id = 1, context = "DEMO", mailbox = "100", fullname = "Ada", email = "ada@pbx.example" }
local MESSAGE = {
  "id", "msgnum", "dir", "context", "callerid", "origtime", "duration", "mailboxuser",
  "mailboxcontext", "flag", "msg_id",
}
-- Plain and csv: softphones look for Msgid, CallerID, Dir, Duration and DateTime in the header.
local PLAIN = {
  "id", "msgnum", "dir", "context", "callerid", "origtime", "duration", "mailboxuser", "mailboxcontext", "flag",
  "msg_id", "datetime",
}
local PLAIN_LABELS = {
  "id", "msgnum", "Dir", "context", "CallerID", "origtime", "Duration", "mailboxuser", "mailboxcontext", "flag",
  "Msgid", "DateTime",
}
local HEARD = {
  id = "147568570900000004", msgnum = 4, dir = "/var/spool/asterisk/voicemail/DEMO/100/INBOX", context = "DEMO",
  callerid = '"Ben" <101>', origtime = "1475685709", duration = "7", mailboxuser = "100", mailboxcontext = "DEMO", flag = "",
  msg_id = "1475685709-00000004", datetime = "2016-10-05 16:41:49",
}
local MSGID = { msgid = { max = 80, summary = "id of the message" } }

local voicemail = route {
  reqtype = "VOICEMAIL",
  summary = "List mailboxes and messages; get, mark or delete a message.",
  params = { mailbox = { summary = "number of the mailbox" } },
  actions = {
    list = {
      access = "read", tenant = "optional",
      result = shapes.list(listing.mailboxes, BOX, { optional = box.secret_set, brief = { SHORT, SHORT_BOX }, trailing = true }),
    },
    messages = { access = "read", result = shapes.list(MESSAGE, HEARD, { short = PLAIN, labels = PLAIN_LABELS }) },
    message = { access = "read", params = MSGID, result = messages.RESULT },
    markread = { access = "write", params = MSGID, result = shapes.ok() },
    markunread = { access = "write", params = MSGID, result = shapes.ok() },
    delete = { access = "write", params = MSGID, result = shapes.ok() },
  },
}

local function given(text)
  if text ~= "" then return text end
end

function voicemail.list(req)
  local short = (req.format == "plain" or req.format == "csv") and SHORT or nil
  local selected, err = listing.mailboxes(req.ctx, req.params.mailbox, short)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params, { trailing = true })
end

function voicemail.messages(req)
  local mailbox = given(req.params.mailbox)
  if not mailbox then return answer.empty() end
  local found, err = message.list(req.ctx, { mailbox = mailbox })
  if not found then return nil, err end
  for _, it in ipairs(found) do it.datetime = moment.text(tonumber(it.origtime) or 0) end
  return answer.list(MESSAGE, found, { short = PLAIN, labels = PLAIN_LABELS })
end

function voicemail.message(req)
  return messages.serve(req, { msg_id = req.params.msgid, mailbox = given(req.params.mailbox) })
end

local function moved(req, folder)
  local msgid = given(req.params.msgid)
  if not msgid then return answer.empty() end
  return answer.changed(message.move(req.ctx, { msg_id = msgid, mailbox = given(req.params.mailbox) }, folder))
end

function voicemail.markread(req) return moved(req, "Old") end

function voicemail.markunread(req) return moved(req, "INBOX") end

function voicemail.delete(req) return moved(req) end

return voicemail
