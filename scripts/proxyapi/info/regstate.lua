-- info=REGSTATE: where the phone of an extension is registered.
local answer = require "proxyapi.lib.answer"
local peer = require "model.peer"
local registration = require "model.registration"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = {
  "extension", "state", "contact", "address", "useragent", "expires", "rtt", "node",
}
local EXAMPLE = {
  "100", "Registered", "sip:100@192.0.2.7:5060", "192.0.2.7:5060", "Desk phone", 1767326645, "5.871", "pbx1",
}

local regstate = route {
  reqtype = "INFO",
  info = "REGSTATE",
  summary = "Read the registration of an extension.",
  params = { ext = { aliases = { "number" }, required = true, summary = "extension number" } },
  actions = { get = { access = "read", result = shapes.record(COLUMNS, EXAMPLE) } },
}

function regstate.get(req)
  local number = peer.number(req.params.ext, req.tenant.code)
  local found, err = registration.list(req.ctx, number)
  if not found then return nil, err end
  local it = found[1]
  if not it then
    return nil, { code = "not_found", message = "ext: no such extension: " .. number }
  end
  return answer.record(COLUMNS, {
    extension = it.number, state = it.registered and "Registered" or "Unregistered",
    contact = it.contact or "", address = it.address or "", useragent = it.user_agent or "",
    expires = it.expires or "", node = it.node or "",
    rtt = it.rtt_us and ("%.3f"):format(it.rtt_us / 1000) or "",
  })
end

return regstate
