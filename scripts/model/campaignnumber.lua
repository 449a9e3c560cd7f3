-- Numbers of a campaign and how far each has come.
local object = require "engine.object"

return object {
  name = "campaignnumber", title = "Campaign number", summary = "A number a campaign calls.",
  paths = { "campaign_number", "campaign_numbers" },
  table = "cn_campaignnumbers", id = "cn_id", tenant = "cn_te_id", label = "cn_number",
  required = { "cn_ca_id", "cn_number" },
  example = { campaign_id = 1, number = "390212345678", description = "Lead A" },
  columns = { cn_number = { pattern = "[%w*#_.+-]+", max = 40 } },
  references = { campaign = { "cn_ca_id" } },
  aliases = {
    campaign_id = "cn_ca_id", number = "cn_number", description = "cn_description",
    disposition = "cn_disposition", attempts = "cn_attempts", lastattempt = "cn_lastattempt",
    billsec = "cn_billsec",
  },
  hidden = { "cn_due" }, -- the dialler's own
  -- Whoever sets how far a number has come has it called again, or not.
  before = function(_, change)
    local values = change.values
    if change.action == "delete" or values.cn_disposition == nil and values.cn_attempts == nil then return true end
    local disposition = values.cn_disposition
    if disposition == nil and change.before then disposition = change.before.cn_disposition end
    values.cn_due = (disposition == "ANSWERED" or disposition == "DNC") and "9999-12-31 23:59:59" or ""
    return true
  end,
  filters = { campaign_id = "cn_ca_id", caid = "cn_ca_id", cn_ca_id = "cn_ca_id" },
  shown = { related = { campaign = "row" } },
  related = function(_, row, add)
    return add:query("campaign", "SELECT ca_id, ca_te_id, ca_name, ca_type, ca_tech, ca_state "
      .. "FROM ca_campaigns WHERE ca_id = ?", { row.cn_ca_id or 0 }, true)
  end,
}
