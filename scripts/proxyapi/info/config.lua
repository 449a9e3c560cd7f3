-- info=CONFIG: the limits of a tenant.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local LIMITS = shapes.custom(shapes.members("maxchannels maxextensions maxdids"),
  json.ordered("maxchannels", "10", "maxextensions", "50", "maxdids", "20"), "DEMO|Demo|10|50|20|Europe/Rome|\n")

local config = route {
  reqtype = "INFO",
  info = "CONFIG",
  summary = "Read the limits of the tenant.",
  actions = { get = { access = "read", result = LIMITS } },
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
