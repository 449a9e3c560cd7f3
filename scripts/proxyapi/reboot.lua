-- reqtype=REBOOT: tell phones to start anew.
local answer = require "proxyapi.lib.answer"
local phone = require "model.phone"
local phones = require "proxyapi.lib.phones"
local shapes = require "proxyapi.lib.shapes"

local DONE = shapes.either(shapes.done("NOTIFY sent"), shapes.list(answer.EACH, { "Success", "NOTIFY sent" }))

local reboot = route {
  reqtype = "REBOOT",
  summary = "Reboot a phone, or all that are registered.",
  params = phones.params,
  actions = { reboot = { access = "write", tenant = "optional", result = DONE } },
}

function reboot.reboot(req)
  local results, err = phone.reboot(req.ctx, req.params.peer)
  if results then return phones.answer(req, results) end
  if err.code == "not_found" then return answer.failed(err.message) end
  return nil, err
end

return reboot
