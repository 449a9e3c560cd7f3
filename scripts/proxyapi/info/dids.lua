-- info=DIDS: direct numbers with the columns of their owner.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local store = require "store"

local SHORT = {
  "di_country", "di_area", "di_number", "te_code", "di_comment", "di_recording",
  "di_faxstationid", "di_fax_email", "di_maxchannels", "di_emailrecording", "di_smsemail",
}
local LABELS = {
  "Country", "Area", "Number", "Tenant", "Comment", "Recording", "Faxstation ID", "FAX Email",
  "Max Channels", "Recording EMail", "SMS Email",
}
-- How to reach the tenant's recording store: nobody needs them to read a number.
local SECRETS = { "te_recordingpassword", "te_recordinguser", "te_recordinghost" }

local dids = route {
  reqtype = "INFO",
  info = "DIDS",
  summary = "List the direct numbers of a tenant, or of all.",
  actions = { list = { access = "read", tenant = "optional" } },
}

function dids.list(req)
  local text = "SELECT d.*, t.* FROM di_dids d LEFT JOIN te_tenants t ON t.te_id = d.di_te_id"
  local params = {}
  if req.tenant then
    text = text .. " WHERE d.di_te_id = ?"
    params[1] = req.tenant.id
  end
  local rows, err = store.query(text .. " ORDER BY d.di_number, d.di_id", params,
    { rows = 100000 })
  if not rows then return nil, err end
  local list = rows:list()
  if not (req.key.global and not req.key.read_only) then
    for _, row in ipairs(list) do
      for _, name in ipairs(SECRETS) do row[name] = json.null end
    end
  end
  return answer.list(rows.columns, list, { positional = true, short = SHORT, labels = LABELS })
end

return dids
