-- reqtype=GETCURRENTCALLS: the calls of one phone or of a whole tenant.
local answer = require "proxyapi.lib.answer"
local channel = require "model.channel"
local peer = require "model.peer"
local shapes = require "proxyapi.lib.shapes"

local LABELS = {
  "Channel", "UniqueID", "LinkedID", "Direction", "CallerIDNum", "CallerIDName",
  "ConnectedLineNum", "ConnectedLineName", "Context", "Extension", "State", "Duration",
}

local EXAMPLE = {
  "PJSIP/100-DEMO-00000001", "srv01-1767323045.7", "srv01-1767323045.7", "OUT", "100", "Ada", "101", "Ben",
  "authenticated", "101", "Up", 57,
}

local getcurrentcalls = route {
  reqtype = "GETCURRENTCALLS",
  summary = "Show the current calls of a phone, or of the tenant.",
  params = {
    phone = { summary = "extension number or peer name" },
    multiple = { summary = "yes: all calls, not only the first" },
  },
  actions = {
    list = {
      access = "read", result = shapes.either(shapes.record(LABELS, EXAMPLE, { none = true }), shapes.list(LABELS, EXAMPLE)),
    },
  },
}

local function row(it)
  return {
    Channel = it.channel, UniqueID = it.uniqueid, LinkedID = it.linkedid,
    Direction = it.direction, CallerIDNum = it.caller_number, CallerIDName = it.caller_name,
    ConnectedLineNum = it.connected_number, ConnectedLineName = it.connected_name,
    Context = it.context, Extension = it.exten, State = it.state, Duration = it.duration,
  }
end

function getcurrentcalls.list(req)
  local phone = req.params.phone
  local number = phone and phone ~= "" and peer.number(phone, req.tenant.code) or nil
  local found, err = channel.current(req.ctx, { number = number })
  if not found then return nil, err end
  local rows = {}
  for i, it in ipairs(found) do rows[i] = row(it) end
  if (req.params.multiple or ""):lower() == "yes" then return answer.list(LABELS, rows) end
  return answer.record(LABELS, rows[1])
end

return getcurrentcalls
