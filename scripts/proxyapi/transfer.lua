-- reqtype=TRANSFER: send a channel (and its partner) to another extension.
local answer = require "proxyapi.lib.answer"
local channel = require "model.channel"
local number = require "proxyapi.lib.number"

local transfer = route {
  reqtype = "TRANSFER",
  summary = "Transfer a channel to a destination.",
  params = {
    channel = { summary = "exact channel name" },
    extrachannel = { summary = "second channel to send along" },
    dest = { summary = "number to go to" },
  },
  actions = { transfer = { access = "write", tenant = "optional" } },
}

function transfer.transfer(req)
  local params = req.params
  if (params.channel or "") == "" then return answer.failed("No channel specified") end
  if (params.dest or "") == "" then return answer.failed("No destination specified") end
  local extra = params.extrachannel
  if extra == "" then extra = nil end
  local message, err = channel.transfer(req.ctx, params.channel, number.plain(params.dest), extra)
  if message then return answer.done(message) end
  return answer.failed(err.code == "not_found" and "No such channel" or err.message)
end

return transfer
