-- Voicemail boxes: the realtime row Asterisk reads; its context is the tenant's code.
local object = require "engine.object"

return object {
  name = "voicemail", summary = "A voicemail box.",
  table = "voicemail", id = "uniqueid", tenant = "te_id", label = "fullname",
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
  references = { ivr = { "ivr_id" } },
  aliases = { number = "mailbox", name = "fullname" },
  secrets = { "password", "imappassword" },
  destinations = {
    ["VOICEMAIL-OPERATOR"] = { "operator", "voicemail_operator" },
    ["VOICEMAIL-FOLLOW"] = { "follow" },
    ["VOICEMAIL-BROADCAST"] = { "broadcast" },
  },
  before = function(_, change)
    if change.action == "delete" then return true end
    -- The context is part of the box's name: another tenant's would be another tenant's box.
    change.values.context = change.tenant.code
    return true
  end,
}
