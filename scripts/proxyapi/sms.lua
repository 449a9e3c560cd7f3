-- reqtype=SMS: send a short message.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"
local sms_model = require "model.sms"

local sms = route {
  reqtype = "SMS",
  summary = "Send a short message to a phone, or through the provider for messages.",
  params = {
    source = { aliases = { "account" }, max = 80, summary = "number that sends" },
    dest = { max = 80, summary = "number that gets it" },
    destclid = { max = 80, summary = "what the receiver sees as sender" },
    server = { max = 80, summary = "node to send it from" },
    message = { max = 4096, summary = "the text" },
  },
  actions = { send = { access = "write", result = shapes.done("SMS queued", "1c0ffee1c0ffee") } },
}

function sms.send(req)
  local id, err = sms_model.send(req.ctx, req.params)
  if id then return answer.done("SMS queued", id) end
  if err.code == "invalid" then return answer.failed(err.message) end
  return nil, err
end

return sms
