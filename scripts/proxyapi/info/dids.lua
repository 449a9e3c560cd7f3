-- info=DIDS: direct numbers with the columns of their owner.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"

local SHORT = {
  { "d.di_country", "Country" }, { "d.di_area", "Area" }, { "d.di_number", "Number" }, { "t.te_code", "Tenant" },
  { "d.di_comment", "Comment" }, { "d.di_recording", "Recording" }, { "d.di_faxstationid", "Faxstation ID" },
  { "d.di_fax_email", "FAX Email" }, { "d.di_maxchannels", "Max Channels" }, { "d.di_emailrecording", "Recording EMail" },
  { "d.di_smsemail", "SMS Email" },
}

local dids = route {
  reqtype = "INFO",
  info = "DIDS",
  summary = "List the direct numbers of a tenant, or of all.",
  actions = { list = { access = "read", tenant = "optional" } },
}

function dids.list(req)
  local short = (req.format == "plain" or req.format == "csv") and SHORT or nil
  local selected, err = listing.dids(req.ctx, short)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params, { positional = true })
end

return dids
