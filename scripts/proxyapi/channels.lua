-- reqtype=CHANNELS: the active channels, in the order of `core show channels concise`.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local shapes = require "proxyapi.lib.shapes"

local LABELS = {
  "Node", "Channel", "Context", "Extension", "Priority", "State", "Application", "Data",
  "CallerID", "AccountCode", "PeerAccount", "AMAFlags", "Duration", "BridgeID", "UniqueID",
}
local COLUMNS = {}
for i, label in ipairs(LABELS) do COLUMNS[i] = label:lower() end

local EXAMPLE = {
  "pbx1", "PJSIP/100-DEMO-00000001", "authenticated", "101", "1", "Up", "Dial", "PJSIP/101-DEMO", "100", "DEMO", "", "3",
  57, "", "srv01-1767323045.7",
}

local channels = route {
  reqtype = "CHANNELS",
  summary = "List the active channels.",
  params = { nodename = { summary = "only this node" } },
  actions = {
    list = { access = "read", tenant = "optional", result = shapes.list(COLUMNS, EXAMPLE, { labels = LABELS }) },
  },
}

function channels.list(req)
  local node = req.params.nodename
  if node == "" then node = nil end
  local rows = {}
  for i, it in ipairs(calls.channels({ node = node })) do
    rows[i] = {
      node = it.node, channel = it.name, context = it.context, extension = it.exten,
      priority = it.priority, state = it.state_text, application = it.application,
      data = it.data, callerid = it.caller_number, accountcode = it.account, peeraccount = "",
      amaflags = "3", duration = it.duration, bridgeid = it.bridge, uniqueid = it.uniqueid,
    }
  end
  return answer.list(COLUMNS, rows, { labels = LABELS })
end

return channels
