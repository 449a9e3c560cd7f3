-- reqtype=HANGUP: end the calls of a channel or of an extension.
local answer = require "proxyapi.lib.answer"
local channel = require "model.channel"

local hangup = route {
  reqtype = "HANGUP",
  summary = "Hang up a channel, or the calls of an extension.",
  params = {
    channel = { summary = "exact channel name" },
    extension = { summary = "peer name, 103-DEMO" },
    number = { summary = "extension number" },
    source = { summary = "extension number" },
    fast = { summary = "accepted; every hang-up is at once" },
  },
  actions = { hangup = { access = "write", tenant = "optional" } },
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
  local message, err = channel.hangup(req.ctx, what)
  if message then return answer.done(message) end
  return answer.failed(err.code == "not_found" and "No such channel" or err.message)
end

return hangup
