-- reqtype=UNREGISTER: forget where phones are.
local answer = require "proxyapi.lib.answer"
local phone = require "model.phone"
local phones = require "proxyapi.lib.phones"
local shapes = require "proxyapi.lib.shapes"

local unregister = route {
  reqtype = "UNREGISTER",
  summary = "Unregister a phone, or all that are registered.",
  params = phones.params,
  actions = { unregister = { access = "write", tenant = "optional", result = shapes.done("Peer unregistered") } },
}

local function total(count) return ("%d peers unregistered"):format(count) end

function unregister.unregister(req)
  local results, err = phone.unregister(req.ctx, req.params.peer)
  if results then return phones.answer(req, results, total, "Peer unregistered") end
  if err.code == "not_found" then return answer.failed(err.message) end
  return nil, err
end

return unregister
