-- reqtype=CDR: read the user field of a call record, or append to it.
local answer = require "proxyapi.lib.answer"
local record = require "model.callfield"

local cdr = route {
  reqtype = "CDR",
  summary = "Get or extend a field of a call record.",
  params = {
    field = { default = "userfield", enum = { "userfield" } },
    uniqueid = { required = true, max = 150 },
  },
  actions = {
    get = { access = "read" },
    update = { access = "write", params = { value = { default = "", max = 256 } } },
  },
}

function cdr.get(req)
  local value, err = record.value(req.ctx, req.params.uniqueid)
  if err then return nil, err end
  return answer.value("userfield", value, true)
end

function cdr.update(req)
  local done, err = record.append(req.ctx, req.params.uniqueid, req.params.value)
  if not done then return nil, err end
  return answer.ok()
end

return cdr
