-- reqtype=VOICEMAIL: mailboxes and their messages.
local answer = require "proxyapi.lib.answer"
local message = require "model.message"
local messages = require "proxyapi.lib.messages"
local time = require "time"
local voicemail_model = require "model.voicemail"

local SHORT = { "mailbox", "fullname", "email", "attach" }
local LABELS = { "Mailbox", "Fullname", "Email", "Attach" }
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
-- Names the model adds to every row.
local ADDED = { id = true, name = true }

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
  local mailbox = given(req.params.mailbox)
  local rows, err = voicemail_model.rows(req.ctx, {
    where = mailbox and { mailbox = mailbox } or nil, sort = "mailbox",
  })
  if not rows then return nil, err end
  local columns = {}
  for _, name in ipairs(rows.columns) do
    if not ADDED[name] then columns[#columns + 1] = name end
  end
  return answer.list(columns, rows:list(), { short = SHORT, labels = LABELS, trailing = true })
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
