-- Numbers that calls come in on.
local object = require "lib.object"

return object {
  name = "did", title = "DID", summary = "A number that calls come in on.",
  table = "di_dids", id = "di_id", tenant = "di_te_id", label = "di_number",
  required = { "di_number" },
  example = { number = "390212345678", comment = "Main number" },
  columns = {
    di_number = { pattern = "[%w*#+_.-]+", max = 40 }, di_country = { pattern = "%d*" },
    di_area = { pattern = "%d*" },
  },
  references = { routingprofile = { "di_fax_rp_id" } },
  aliases = { number = "di_number", country = "di_country", area = "di_area", comment = "di_comment" },
  destinations = {
    ["DID"] = { "destination", "did" },
    ["DID-UNCONDITIONAL"] = { "unconditional" },
    ["DID-SMS"] = { "sms" },
    ["DID-FAXSUCCESS"] = { "faxsuccess", "fax_success" },
  },
  before = function(tx, change)
    if change.action ~= "create" then return true end
    local limit, err = tx:value("SELECT te_maxdids FROM te_tenants WHERE te_id = ?",
      { change.tenant_id })
    if err then return nil, err end
    limit = tonumber(limit)
    if not limit or limit < 0 then return true end
    local count
    count, err = tx:value("SELECT count(*) FROM di_dids WHERE di_te_id = ?", { change.tenant_id })
    if err then return nil, err end
    if count < limit then return true end
    return nil, { code = "denied", reason = "license_limit",
      message = ("The tenant has its %d DIDs."):format(limit) }
  end,
}
