-- reqtype=DND: read or change do-not-disturb of one extension.
local answer = require "proxyapi.lib.answer"
local dnd_state = require "model.dnd"
local json = require "json"
local peer = require "model.peer"
local shapes = require "proxyapi.lib.shapes"

local STATE = shapes.custom(shapes.members("number", { dnd = { type = "string", enum = { "on", "off" } } }),
  json.ordered("number", "100", "dnd", "on"), "on")

local dnd = route {
  reqtype = "DND",
  summary = "Get or set do-not-disturb for an extension.",
  params = { number = { required = true, summary = "extension number" } },
  actions = {
    get = { access = "read", result = STATE },
    set = { access = "write", params = { value = { summary = "on; anything else clears" } }, result = shapes.ok() },
  },
}

local function number(req) return peer.number(req.params.number, req.tenant.code) end

function dnd.get(req)
  local on, err = dnd_state.get(req.ctx, number(req))
  if err then return nil, err end
  local word = on and "on" or "off"
  return answer.custom(word, json.ordered("number", number(req), "dnd", word))
end

function dnd.set(req)
  local on = (req.params.value or ""):lower() == "on"
  return answer.changed(dnd_state.set(req.ctx, number(req), on))
end

return dnd
