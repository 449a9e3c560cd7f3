-- Voicemail boxes: the realtime row Asterisk reads; its context is the tenant's code.
local folder = require "model.folder"
local object = require "engine.object"

-- SAMENUMBERVM names no box, and yet leads to the one of the extension's number.
local function is_needed(tx, row)
  return tx:value("SELECT ex_id FROM ex_extensions JOIN de_destinations ON de_type_id_src = ex_id "
    .. "AND de_type_src IN ('EXT-UNCONDITIONAL', 'EXT-NOANSWER', 'EXT-BUSY', 'EXT-OFFLINE', 'EXT-ONCONDITION') "
    .. "AND de_type_dst = 'SAMENUMBERVM' WHERE ex_te_id = ? AND ex_number = ? LIMIT 1", { row.te_id, row.mailbox })
end

return object {
  name = "voicemail", summary = "A voicemail box.",
  table = "voicemail", id = "uniqueid", tenant = "te_id", label = "fullname",
  unfollowed = require("model.unfollowed").voicemail,
  words = "voicemail boxes",
  required = { "mailbox" },
  tags = { "VOICEMAIL", SAMENUMBERVM = { no_id = true } },
  sources = { "VOICEMAIL" },
  example = { mailbox = "200", fullname = "Sales", password = "1234", email = "sales@example.com" },
  columns = {
    mailbox = { pattern = "[%w*#_.+-]+", max = 80 }, password = { pattern = "[%d*#-]*", max = 80 },
    dialout = { border = "none" }, callback = { border = "none" }, exitcontext = { border = "none" },
    email = { pattern = "[^%s]*" }, context = { pattern = "[%w_.-]*" },
  },
  aliases = { number = "mailbox", name = "fullname" },
  secrets = { "password", "imappassword" },
  destinations = {
    ["VOICEMAIL-OPERATOR"] = { "operator", "voicemail_operator" },
    ["VOICEMAIL-FOLLOW"] = { "follow" },
    ["VOICEMAIL-BROADCAST"] = { "broadcast" },
  },
  before = function(tx, change)
    if change.action == "delete" then
      local id, err = is_needed(tx, change.row)
      if err then return nil, err end
      if id then
        return nil, { code = "conflict", reason = "object_in_use", message = "still used by extension " .. id }
      end
      return tx:exec("DELETE FROM voicemail_messages WHERE mailboxuser = ? AND mailboxcontext = ?",
        { change.row.mailbox, change.row.context })
    end
    -- The context is part of the box's name: another tenant's would be another tenant's box.
    change.values.context = change.tenant.code
    return true
  end,
  -- Messages are for whom they were left, not for who has the number next.
  committed = function(change)
    if change.action ~= "delete" or not change.row.mailbox:find("^[%w_+-]+$") then return true end
    return folder.remove("voicemail", change.tenant.code .. "/" .. change.row.mailbox)
  end,
}
