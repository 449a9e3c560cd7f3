-- MANAGEDB object sipregs: where the phones are that are registered.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local peer = require "model.peer"
local registration = require "model.registration"

local COLUMNS = { "name", "ipaddr", "port", "useragent", "regseconds", "regserver", "lastms", "status" }

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
  extra = { list = { access = "read", handle = list } },
}
