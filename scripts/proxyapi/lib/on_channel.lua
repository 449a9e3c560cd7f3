-- What is done to one channel, as HANGUP, TRANSFER and ATXTRANSFER word it.
local answer = require "proxyapi.lib.answer"
local number = require "proxyapi.lib.number"

local on_channel = {}

--- The parameter that names it.
on_channel.NAME = { summary = "exact channel name" }

--- What Asterisk said of it, or why it was not done.
function on_channel.answer(message, err)
  if message then return answer.done(message) end
  return answer.failed(err.code == "not_found" and "No such channel" or err.message)
end

--- A handler that sends it to `dest`: send(ctx, channel, number, params).
function on_channel.sender(send)
  return function(req)
    local params = req.params
    if (params.channel or "") == "" then return answer.failed("No channel specified") end
    if (params.dest or "") == "" then return answer.failed("No destination specified") end
    return on_channel.answer(send(req.ctx, params.channel, number.plain(params.dest), params))
  end
end

return on_channel
