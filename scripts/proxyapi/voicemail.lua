-- reqtype=VOICEMAIL: mailboxes and their messages.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"
local message = require "model.message"
local messages = require "proxyapi.lib.messages"
local time = require "time"

local SHORT = { { "mailbox", "Mailbox" }, { "fullname", "Fullname" }, { "email", "Email" }, { "attach", "Attach" } }
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
local MSGID = { msgid = { max = 80, summary = "id of the message" } }

local voicemail = route {
  reqtype = "VOICEMAIL",
  summary = "List mailboxes and messages; get, mark or delete a message.",
  params = { mailbox = { summary = "number of the mailbox" } },
  actions = {
    list = { access = "read", tenant = "optional" },
    messages = { access = "read" },
    message = { access = "read", params = MSGID },
    markread = { access = "write", params = MSGID },
    markunread = { access = "write", params = MSGID },
    delete = { access = "write", params = MSGID },
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
  for _, it in ipairs(found) do it.datetime = time.format("%Y-%m-%d %H:%M:%S", tonumber(it.origtime) or 0) end
  return answer.list(MESSAGE, found, { short = PLAIN, labels = PLAIN_LABELS })
end

function voicemail.message(req)
  return messages.serve(req, { msg_id = req.params.msgid, mailbox = given(req.params.mailbox) })
end

local function moved(req, folder)
  local msgid = given(req.params.msgid)
  if not msgid then return answer.empty() end
  local done, err = message.move(req.ctx, { msg_id = msgid, mailbox = given(req.params.mailbox) }, folder)
  if not done then return nil, err end
  return answer.ok()
end

function voicemail.markread(req) return moved(req, "Old") end

function voicemail.markunread(req) return moved(req, "INBOX") end

function voicemail.delete(req) return moved(req) end

return voicemail
