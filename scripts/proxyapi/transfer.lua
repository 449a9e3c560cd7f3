-- reqtype=TRANSFER: send a channel (and its partner) to another extension.
local channel = require "model.channel"
local on_channel = require "proxyapi.lib.on_channel"
local shapes = require "proxyapi.lib.shapes"

local transfer = route {
  reqtype = "TRANSFER",
  summary = "Transfer a channel to a destination.",
  params = {
    channel = on_channel.NAME, extrachannel = { summary = "second channel to send along" },
    dest = { summary = "number to go to" },
  },
  actions = { transfer = { access = "write", tenant = "optional", result = shapes.done("Redirect successful") } },
}

transfer.transfer = on_channel.sender(function(ctx, name, number, params)
  local extra = params.extrachannel
  if extra == "" then extra = nil end
  return channel.transfer(ctx, name, number, extra)
end)

return transfer
