-- reqtype=CHANSIPPEERS: registered phones with the columns of the old `sip show peers`.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local contacts = require "model.contact"

local COLUMNS = {
  "node", "Name", "Host", "Dyn", "Forcerport", "Comedia", "ACL", "Port", "Status", "Description",
  "Realtime",
}

local chansippeers = route {
  reqtype = "CHANSIPPEERS",
  summary = "List the registered SIP peers of all nodes.",
  actions = { list = { access = "read", tenant = "optional" } },
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
