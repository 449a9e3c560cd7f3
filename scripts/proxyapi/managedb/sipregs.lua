-- MANAGEDB object sipregs: where the phones are that are registered.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local peer = require "model.peer"
local registration = require "model.registration"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = { "name", "ipaddr", "port", "useragent", "regseconds", "regserver", "lastms", "status" }

local EXAMPLE = { "100-DEMO", "192.0.2.7", 5060, "Desk phone", 1767326645, "pbx1", "5", "Reachable" }
local PHONES = shapes.apart(shapes.keyed(COLUMNS, EXAMPLE), shapes.list(COLUMNS, EXAMPLE))

local function list(req)
  local found, err = registration.list(req.ctx)
  if not found then return nil, err end
  local rows = {}
  for _, it in ipairs(found) do
    if it.registered then
      rows[#rows + 1] = {
        name = peer.name(it.number, it.tenant), ipaddr = it.ip, port = it.port, useragent = it.user_agent,
        regseconds = it.expires, regserver = it.node,
        lastms = it.rtt_us and ("%d"):format(math.floor(it.rtt_us / 1000 + 0.5)) or "", status = it.status,
      }
    end
  end
  if req.format == "xml" then return answer.list(COLUMNS, rows) end
  return answer.document(managedb.keyed(rows, "name", COLUMNS))
end

return managedb.object {
  object = "sipregs",
  summary = "Registered phones.",
  without = { "list", "get", "add", "update", "delete" },
  extra = { list = { access = "read", handle = list, result = PHONES } },
}
