-- info=CONFIG: the limits of a tenant.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local store = require "store"

local config = route {
  reqtype = "INFO",
  info = "CONFIG",
  summary = "Read the limits of the tenant.",
  actions = { get = { access = "read" } },
}

function config.get(req)
  local row, err = store.row([[SELECT te_code, te_name, te_maxchannels, te_maxextensions,
    te_maxdids, te_timezone, te_disabled FROM te_tenants WHERE te_id = ?]], { req.tenant.id })
  if err then return nil, err end
  if not row then return answer.empty() end
  local cells = {}
  for i, name in ipairs({ "te_code", "te_name", "te_maxchannels", "te_maxextensions",
    "te_maxdids", "te_timezone", "te_disabled" }) do
    cells[i] = tostring(row[name] or ""):gsub("[|\r\n]", " ")
  end
  return answer.custom(table.concat(cells, "|") .. "\n", json.ordered(
    "maxchannels", tostring(row.te_maxchannels), "maxextensions", tostring(row.te_maxextensions),
    "maxdids", tostring(row.te_maxdids)))
end

return config
