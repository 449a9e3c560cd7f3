-- Voicemail messages as answers: the same sound, however the message was named.
local answer = require "proxyapi.lib.answer"
local message = require "model.message"
local shapes = require "proxyapi.lib.shapes"

--- What a recording of a message is answered as.
local messages = { RESULT = shapes.file(message.TYPES) }

--- `which`: {id=} or {msg_id=, mailbox=}.
function messages.serve(req, which)
  if (which.id or which.msg_id or "") == "" then return answer.empty() end
  local body, found = message.open(req.ctx, which)
  if not body then return nil, found end
  local name = found.msg_id:gsub("[^%w-]", "_") .. "." .. found.format
  return answer.body(body, message.type_of(found), {
    ["Content-Disposition"] = 'attachment; filename="' .. name .. '"',
  })
end

return messages
