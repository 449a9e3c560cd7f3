-- reqtype=ATXTRANSFER: attended transfer of a channel.
local answer = require "proxyapi.lib.answer"
local channel = require "model.channel"
local number = require "proxyapi.lib.number"

local atxtransfer = route {
  reqtype = "ATXTRANSFER",
  summary = "Start an attended transfer of a channel.",
  params = {
    channel = { summary = "exact channel name" },
    dest = { summary = "number to call" },
  },
  actions = { transfer = { access = "write", tenant = "optional" } },
}

function atxtransfer.transfer(req)
  local params = req.params
  if (params.channel or "") == "" then return answer.failed("No channel specified") end
  if (params.dest or "") == "" then return answer.failed("No destination specified") end
  local message, err = channel.attended(req.ctx, params.channel, number.plain(params.dest))
  if message then return answer.done(message) end
  return answer.failed(err.code == "not_found" and "No such channel" or err.message)
end

return atxtransfer
