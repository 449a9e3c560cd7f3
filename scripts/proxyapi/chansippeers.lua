-- reqtype=CHANSIPPEERS: registered phones with the columns of the old `sip show peers`.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local contacts = require "model.contact"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = {
  "node", "Name", "Host", "Dyn", "Forcerport", "Comedia", "ACL", "Port", "Status", "Description",
  "Realtime",
}

local EXAMPLE = { "pbx1", "100-DEMO", "192.0.2.7", "D", "", "", "", 5060, "OK (5 ms)", "", "Cached RT" }

local chansippeers = route {
  reqtype = "CHANSIPPEERS",
  aliases = { "PEERS" }, -- its name in older versions
  summary = "List the registered SIP peers of all nodes.",
  actions = { list = { access = "read", tenant = "optional", result = shapes.list(COLUMNS, EXAMPLE) } },
}

local function status(it)
  local state = contacts.state(it.status)
  if state == "reachable" then return ("OK (%d ms)"):format(math.floor((it.rtt_us or 0) / 1000)) end
  return state == "unreachable" and "UNREACHABLE" or "UNKNOWN"
end

function chansippeers.list()
  local rows = {}
  for i, contact in ipairs(calls.contacts()) do
    local ip = contact.ip ~= "" and contact.ip or "(Unspecified)"
    rows[i] = {
      node = contact.node, Name = contact.endpoint, Host = ip, Dyn = "D", Forcerport = "",
      Comedia = "", ACL = "", Port = contact.port or 0, Status = status(contact),
      Description = "", Realtime = "Cached RT",
    }
  end
  return answer.list(COLUMNS, rows)
end

return chansippeers
