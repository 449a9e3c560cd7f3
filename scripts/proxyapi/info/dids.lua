-- info=DIDS: direct numbers with the columns of their owner.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"
local shapes = require "proxyapi.lib.shapes"

local SHORT = {
  { "di_country", "Country" }, { "di_area", "Area" }, { "di_number", "Number" }, { "te_code", "Tenant" },
  { "di_comment", "Comment" }, { "di_recording", "Recording" }, { "di_faxstationid", "Faxstation ID" },
  { "di_fax_email", "FAX Email" }, { "di_maxchannels", "Max Channels" }, { "di_emailrecording", "Recording EMail" },
  { "di_smsemail", "SMS Email" },
}

-- Clients read rows by position and by name.
local OPTIONS = { positional = true, brief = { SHORT, { "39", "02", "123456", "DEMO", "Main", "no", "", "", "10", "", "" } } }
local EXAMPLE = { di_id = 4, di_te_id = 1, di_country = "39", di_area = "02", di_number = "123456", te_id = 1, te_code = "DEMO" }

local dids = route {
  reqtype = "INFO",
  info = "DIDS",
  summary = "List the direct numbers of a tenant, or of all.",
  actions = {
    list = { access = "read", tenant = "optional", result = shapes.list(listing.dids, EXAMPLE, OPTIONS) },
  },
}

function dids.list(req)
  local short = (req.format == "plain" or req.format == "csv") and SHORT or nil
  local selected, err = listing.dids(req.ctx, short)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params, { positional = true })
end

return dids
