-- reqtype=CHANSIPPEERS: registered phones with the columns of the old `sip show peers`.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"

local COLUMNS = {
  "node", "Name", "Host", "Dyn", "Forcerport", "Comedia", "ACL", "Port", "Status", "Description",
  "Realtime",
}

local chansippeers = route {
  reqtype = "CHANSIPPEERS",
  summary = "List the registered SIP peers of all nodes.",
  actions = { list = { access = "read", tenant = "optional" } },
}

local function status(contact)
  local word = contact.status
  if word == "Reachable" or word == "Avail" or word == "Available" then
    return ("OK (%d ms)"):format(math.floor((contact.rtt_us or 0) / 1000))
  end
  if word == "Unreachable" or word == "Unavail" or word == "Unavailable" then
    return "UNREACHABLE"
  end
  return "UNKNOWN"
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
