-- info=FAX: how one fax went.
local answer = require "proxyapi.lib.answer"
local fax_model = require "model.fax"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = {
  "id", "uniqueid", "date", "direction", "source", "dest", "pages", "pagestransferred", "status", "error",
}

local EXAMPLE = { 4, "srv01-1767323045.7", "2026-01-02 03:04:05", "OUT", "100", "0123456", 2, 2, "SENT", "" }

local fax = route {
  reqtype = "INFO",
  info = "FAX",
  summary = "Read the state of one fax.",
  params = { id = { max = 150, summary = "id that FAX answered, or unique id of its call" } },
  actions = { get = { access = "read", tenant = "optional", result = shapes.record(COLUMNS, EXAMPLE) } },
}

function fax.get(req)
  local row, err = fax_model.find(req.ctx, req.params.id)
  if not row then return nil, err end
  local shown = {}
  for _, name in ipairs(COLUMNS) do shown[name] = row["fa_" .. name] end
  return answer.record(COLUMNS, shown)
end

return fax
