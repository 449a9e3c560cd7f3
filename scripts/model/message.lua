-- Voicemail messages: the files Asterisk keeps, and the rows of a database-backed voicemail.
local ami = require "ami"
local change_log = require "engine.log"
local files = require "files"
local guard = require "engine.guard"
local store = require "store"
local voicemail = require "model.voicemail"

local message = {}

local AUDIO = { "wav", "WAV", "mp3", "gsm", "ogg" }
local TYPES = {
  wav = "audio/x-wav", WAV = "audio/x-wav", mp3 = "audio/mpeg", gsm = "audio/gsm",
  ogg = "audio/ogg",
}
message.TYPES = TYPES
local FOLDERS = { "INBOX", "Old", "Urgent", "Work", "Family", "Friends" }
local MAX_TEXT = 16384

-- The text file beside each recording: name=value lines.
local function parse(text)
  local values = {}
  for name, value in text:gmatch("([%w_]+)=([^\r\n]*)") do values[name] = value end
  return values
end

-- Messages in files have no row, hence no number: the digits of the message id serve.
local function number_of(msg_id) return (msg_id:gsub("%D", "")) end

local function read_file(ctx, mailbox, folder, name)
  local path = ("%s/%s/%s"):format(ctx.tenant.code, mailbox, folder)
  local text, err = files.read("voicemail", path .. "/" .. name, MAX_TEXT)
  if not text then return nil, err end
  local values = parse(text)
  local number = tonumber(name:match("^msg(%d+)%.txt$"))
  local msg_id = values.msg_id or (values.origtime or "0") .. ("-%08d"):format(number)
  return {
    id = number_of(msg_id), msgnum = number, dir = "/var/spool/asterisk/voicemail/" .. path,
    context = ctx.tenant.code, callerid = values.callerid or "",
    origtime = values.origtime or "0", duration = values.duration or "0",
    mailboxuser = mailbox, mailboxcontext = ctx.tenant.code, flag = values.flag or "",
    msg_id = msg_id, path = path .. "/" .. name:gsub("%.txt$", ""), folder = folder,
  }
end

local function from_files(ctx, mailbox, folders, found)
  for _, folder in ipairs(folders) do
    local entries, err = files.list("voicemail",
      ("%s/%s/%s"):format(ctx.tenant.code, mailbox, folder))
    if not entries then return nil, err end
    for _, entry in ipairs(entries) do
      if entry.name:match("^msg%d+%.txt$") then
        -- A message may be deleted between the listing and the reading: it is gone then.
        local it = read_file(ctx, mailbox, folder, entry.name)
        if it then found[#found + 1] = it end
      end
    end
  end
  return true
end

local function from_rows(ctx, mailbox, folders, found)
  local rows, err = store.query([[SELECT id, msgnum, dir, context, callerid, origtime, duration,
    mailboxuser, mailboxcontext, flag, msg_id FROM voicemail_messages
    WHERE mailboxuser = ? AND mailboxcontext = ? ORDER BY dir, msgnum]],
    { mailbox, ctx.tenant.code })
  if not rows then return nil, err end
  local wanted = {}
  for _, folder in ipairs(folders) do wanted[folder] = true end
  for row in rows:each() do
    row.folder = row.dir:match("([^/]*)$")
    row.msg_id = row.msg_id or tostring(row.id)
    if wanted[row.folder] then found[#found + 1] = row end
  end
  return true
end

--- Messages of a mailbox, all folders or one. not_found when there is no such mailbox.
function message.list(ctx, which)
  local box, err = voicemail.find(ctx, { mailbox = which.mailbox })
  if not box then return nil, err end
  local folders = FOLDERS
  if which.folder and which.folder ~= "" then
    if not which.folder:match("^[%w_-]+$") then
      return nil, { code = "invalid", message = "mailbox: not a folder", field = "mailbox" }
    end
    folders = { which.folder }
  end
  local found = {}
  local done
  done, err = from_rows(ctx, box.mailbox, folders, found)
  if not done then return nil, err end
  done, err = from_files(ctx, box.mailbox, folders, found)
  if not done then return nil, err end
  return found
end

--- How many there are: urgent, new and old.
function message.count(ctx, mailbox)
  local found, err = message.list(ctx, { mailbox = mailbox })
  if not found then return nil, err end
  local counted = { urgent = 0, new = 0, old = 0 }
  for _, it in ipairs(found) do
    if it.folder == "Urgent" then counted.urgent = counted.urgent + 1
    elseif it.folder == "INBOX" then counted.new = counted.new + 1
    elseif it.folder == "Old" then counted.old = counted.old + 1 end
  end
  return counted
end

local function boxes(ctx, mailbox)
  if mailbox then return { mailbox } end
  local rows, err = voicemail.rows(ctx, { columns = { "mailbox" } })
  if not rows then return nil, err end
  return rows:column("mailbox")
end

--- One message by message id or number, in one mailbox or in all of the tenant.
function message.find(ctx, which)
  local list, err = boxes(ctx, which.mailbox)
  if not list then return nil, err end
  for _, mailbox in ipairs(list) do
    local found
    found, err = message.list(ctx, { mailbox = mailbox })
    if not found and err.code ~= "not_found" then return nil, err end
    for _, it in ipairs(found or {}) do
      if it.msg_id == which.msg_id or tostring(it.id) == which.id then return it end
    end
  end
  return nil, { code = "not_found", message = "no such message" }
end

--- Moves a message to a folder, or removes it (no folder). Asterisk does it: it numbers the others
--- anew and tells the lamps.
function message.move(ctx, which, folder)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local it, err = message.find(ctx, which)
  if not it then return nil, err end
  if it.folder == folder then return true end
  local reply
  reply, err = ami.action(folder and "VoicemailMove" or "VoicemailRemove", {
    Context = it.mailboxcontext, Mailbox = it.mailboxuser, Folder = it.folder, ID = it.msg_id,
    ToFolder = folder,
  })
  if not reply then return nil, err end
  return store.transaction(function(tx)
    return change_log.write(tx, ctx, {
      object = "voicemail", id = it.id, action = folder and "move" or "delete",
      tenant_id = ctx.tenant.id, description = "message " .. it.msg_id .. " of " .. it.mailboxuser,
      detail = folder or "",
    })
  end)
end

message.MAX_SOUND = 64 * 1024 * 1024

--- Puts another recording (WAV) in the place of a message's own.
function message.replace(ctx, which, bytes)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  if bytes:sub(1, 4) ~= "RIFF" or bytes:sub(9, 12) ~= "WAVE" then
    return nil, { code = "invalid", field = "filename", message = "filename: not a WAV file" }
  end
  local it, err = message.find(ctx, which)
  if not it then return nil, err end
  local done
  if it.path then
    done, err = files.write("voicemail", it.path .. ".wav", bytes)
    if not done then return nil, err end
    -- The same sound in another format would be played first.
    for _, format in ipairs(AUDIO) do
      if format ~= "wav" then
        done, err = files.remove("voicemail", it.path .. "." .. format)
        if not done and err.code ~= "not_found" then return nil, err end
      end
    end
  else
    done, err = store.write("UPDATE voicemail_messages SET recording = ? WHERE id = ?", { store.blob(bytes), it.id })
    if not done then return nil, err end
  end
  return store.transaction(function(tx)
    return change_log.write(tx, ctx, {
      object = "voicemail", id = it.id, action = "update", tenant_id = ctx.tenant.id,
      description = "recording of message " .. it.msg_id .. " of " .. it.mailboxuser,
    })
  end)
end

function message.type_of(it) return TYPES[it.format] or "application/octet-stream" end

--- The audio of a message as a body, and the message.
function message.open(ctx, which)
  local it, err = message.find(ctx, which)
  if not it then return nil, err end
  if not it.path then
    local bytes
    bytes, err = store.value("SELECT recording FROM voicemail_messages WHERE id = ?", { it.id })
    if err then return nil, err end
    it.format = "wav"
    if bytes then return bytes, it end
  else
    for _, format in ipairs(AUDIO) do
      local body
      body, err = files.open("voicemail", it.path .. "." .. format)
      if err then return nil, err end
      if body then
        it.format = format
        return body, it
      end
    end
  end
  return nil, { code = "not_found", message = "the message has no recording" }
end

return message
