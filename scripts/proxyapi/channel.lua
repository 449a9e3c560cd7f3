-- reqtype=CHANNEL: all that is known of one channel, labelled as `core show channel` does.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local channels = require "model.channel"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"

local PAIRS = shapes.custom(
  { type = "array", items = { type = "array", minItems = 2, maxItems = 2, items = { type = "string" } } },
  json.array({ { "Name", "PJSIP/100-DEMO-00000001" }, { "State", "Up (6)" } }),
  "Name:PJSIP/100-DEMO-00000001|State:Up (6)|\n")

local channel = route {
  reqtype = "CHANNEL",
  summary = "Read the details of one channel.",
  params = { channel = { required = true, summary = "exact channel name" } },
  actions = { get = { access = "read", tenant = "optional", result = PAIRS } },
}

local function clock(seconds)
  return ("%dh%dm%ds"):format(math.floor(seconds / 3600), math.floor(seconds / 60) % 60,
    seconds % 60)
end

-- What events tell, for a node that does not answer.
local function live(it)
  return {
    { "Name", it.name }, { "Type", it.name:match("^[^/]*") }, { "UniqueID", it.uniqueid },
    { "LinkedID", it.linkedid }, { "Caller ID", it.caller_number },
    { "Caller ID Name", it.caller_name }, { "Connected Line ID", it.connected_number },
    { "Connected Line ID Name", it.connected_name },
    { "Eff. Connected Line ID", it.connected_number },
    { "Eff. Connected Line ID Name", it.connected_name },
    { "State", it.state_text .. " (" .. it.state .. ")" },
    { "Elapsed Time", clock(it.duration) }, { "Bridge ID", it.bridge },
    { "Context", it.context }, { "Extension", it.exten }, { "Priority", it.priority },
    { "Application", it.application }, { "Data", it.data },
  }
end

function channel.get(req)
  local it = calls.channels({ name = req.params.channel })[1]
  if not it then return answer.custom("", json.array({})) end
  local pairs_list = channels.details(req.ctx, it.name) or live(it)
  pairs_list[#pairs_list + 1] = { "Account Code", it.account }
  pairs_list[#pairs_list + 1] = { "Node", it.node }
  local cells = {}
  for i, pair in ipairs(pairs_list) do
    pair[2] = tostring(pair[2] or "")
    cells[i] = answer.cell(pair[1]) .. ":" .. answer.cell(pair[2])
  end
  return answer.custom(table.concat(cells, "|") .. "|\n", pairs_list)
end

return channel
