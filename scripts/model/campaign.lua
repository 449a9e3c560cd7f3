-- Campaigns: numbers called one after the other.
local child = require "engine.part"
local object = require "engine.object"
require "model.lookup"

return object {
  name = "campaign", summary = "Numbers called one after the other.",
  table = "ca_campaigns", id = "ca_id", tenant = "ca_te_id", label = "ca_name",
  unfollowed = require("model.unfollowed").ca_campaigns,
  required = { "ca_name" },
  example = { name = "Spring" },
  columns = { ca_state = { enum = { "ACTIVE", "PAUSED", "STOPPED" }, upper = true } },
  references = {
    condition = { "ca_co_id" }, queue = { "ca_qu_id" }, callerid = { "ca_cr_id" },
    mediafile = { "ca_confirmmessage_me_id" },
  },
  aliases = {
    name = "ca_name", state = "ca_state", type = "ca_type", tech = "ca_tech",
    datestart = "ca_datestart", dateend = "ca_dateend", callerid = "ca_callerid",
    calleridname = "ca_calleridname", message = "ca_message", condition_id = "ca_co_id",
    queue_id = "ca_qu_id", confirmmessage_id = "ca_confirmmessage_me_id",
  },
  tags = {
    "STARTCAMPAIGN", "REDIALNOTANSWEREDCAMPAIGN", "STOPCAMPAIGN", "PAUSECAMPAIGN", "UNPAUSECAMPAIGN",
    "REMOVEFROMCAMPAIGN", "REMOVECALLERFROMCAMPAIGN", "ADDLATESTDIALEDOUTTOCAMPAIGN",
    "ADDLATESTDIALEDINTOCAMPAIGN",
    DNC = { any_id = true }, ADDTODNCLIST = { any_id = true },
  },
  plain = { ["CAMPAIGN-DONOTCALL"] = "DNC" },
  destinations = {
    ["CAMPAIGN-ONCONNECT"] = { "onconnect", "on_connect" },
    ["CAMPAIGN-DONOTCALL"] = { "donotcall", "do_not_call" },
  },
  children = {
    {
      name = "binary_files", names = { "binary_files" }, table = "cf_campaignfiles", key = "cf_ca_id",
      id = "cf_id", tenant = "cf_te_id", prefix = "cf_",
      item = child.file, items = child.FILE,
    },
  },
  before = function(tx, change)
    if change.action ~= "delete" then return true end
    return tx:exec("DELETE FROM cn_campaignnumbers WHERE cn_ca_id = ?", { change.id })
  end,
  shown = { related = { numbers_count = "row", numbers_by_disposition = "rows" } },
  related = function(_, row, add)
    local ok, err = add:query("numbers_count",
      "SELECT count(*) AS count FROM cn_campaignnumbers WHERE cn_ca_id = ?", { row.ca_id }, true)
    if not ok then return nil, err end
    return add:query("numbers_by_disposition", "SELECT cn_disposition, count(*) AS count "
      .. "FROM cn_campaignnumbers WHERE cn_ca_id = ? GROUP BY cn_disposition ORDER BY cn_disposition",
      { row.ca_id })
  end,
}
