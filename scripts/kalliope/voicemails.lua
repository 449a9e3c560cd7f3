-- /voicemails: how many messages a mailbox holds.
local message = require "model.message"
local shapes = require "kalliope.lib.shapes"

local voicemails = route {
  family = "voicemails",
  summary = "Count the messages of a mailbox.",
  params = { mailbox = { pattern = "[%w*#]+" } },
  actions = {
    count = {
      access = "read", verb = "GET /voicemails/count/{mailbox}",
      result = shapes.element({ voicemails = shapes.element({}, { voicemail = shapes.element(
        shapes.children("urg_messages new_messages old_messages", "whole")) }) }),
    },
  },
}

function voicemails.count(req)
  local counted, err = message.count(req.ctx, req.args.mailbox)
  if not counted then
    -- The document has no code for it: a mailbox that is not there has no <voicemail>.
    if err.code == "not_found" then return { "voicemails" } end
    return nil, err
  end
  return { "voicemails", { { "voicemail", {
    { "urg_messages", counted.urgent }, { "new_messages", counted.new },
    { "old_messages", counted.old },
  } } } }
end

return voicemails
