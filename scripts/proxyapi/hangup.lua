-- reqtype=HANGUP: end the calls of a channel or of an extension.
local answer = require "proxyapi.lib.answer"
local channel = require "model.channel"
local on_channel = require "proxyapi.lib.on_channel"
local shapes = require "proxyapi.lib.shapes"

local hangup = route {
  reqtype = "HANGUP",
  summary = "Hang up a channel, or the calls of an extension.",
  params = {
    channel = on_channel.NAME, extension = { summary = "peer name, 103-DEMO" },
    number = { summary = "extension number" }, source = { summary = "extension number" },
    fast = { summary = "accepted; every hang-up is at once" },
  },
  actions = { hangup = { access = "write", tenant = "optional", result = shapes.done("Channel Hungup") } },
}

local function given(text)
  if text ~= "" then return text end
end

function hangup.hangup(req)
  local params = req.params
  local what = {
    channel = given(params.channel), extension = given(params.extension),
    number = given(params.number) or given(params.source),
  }
  if next(what) == nil then return answer.failed("No channel specified") end
  return on_channel.answer(channel.hangup(req.ctx, what))
end

return hangup
