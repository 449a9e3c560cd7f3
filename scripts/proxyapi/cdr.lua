-- reqtype=CDR: read the user field of a call record, or append to it.
local answer = require "proxyapi.lib.answer"
local record = require "model.callfield"
local shapes = require "proxyapi.lib.shapes"

local cdr = route {
  reqtype = "CDR",
  summary = "Get or extend a field of a call record.",
  params = {
    field = { default = "userfield", enum = { "userfield" } },
    uniqueid = { required = true, max = 150 },
  },
  actions = {
    get = { access = "read", result = shapes.value("userfield", "[outbound]", { bare = true }) },
    update = { access = "write", params = { value = { default = "", max = 256 } }, result = shapes.ok() },
  },
}

function cdr.get(req)
  local value, err = record.value(req.ctx, req.params.uniqueid)
  if err then return nil, err end
  return answer.value("userfield", value, true)
end

function cdr.update(req)
  return answer.changed(record.append(req.ctx, req.params.uniqueid, req.params.value))
end

return cdr
