-- reqtype=ATXTRANSFER: attended transfer of a channel.
local channel = require "model.channel"
local on_channel = require "proxyapi.lib.on_channel"
local shapes = require "proxyapi.lib.shapes"

local atxtransfer = route {
  reqtype = "ATXTRANSFER",
  summary = "Start an attended transfer of a channel.",
  params = { channel = on_channel.NAME, dest = { summary = "number to call" } },
  actions = { transfer = { access = "write", tenant = "optional", result = shapes.done("Atxfer successfully queued") } },
}

atxtransfer.transfer = on_channel.sender(function(ctx, name, number) return channel.attended(ctx, name, number) end)

return atxtransfer
