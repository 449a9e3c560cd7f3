-- Tenants. The code is part of every Asterisk name, so it cannot change once something bears it.
local object = require "engine.object"

-- What must be gone before a tenant may go, and the word for it.
local CONTENTS = {
  { "ex_extensions", "ex_te_id", "extensions" }, { "qu_queues", "qu_te_id", "queues" },
  { "di_dids", "di_te_id", "DIDs" }, { "voicemail", "te_id", "voicemail boxes" },
  { "iv_ivrs", "iv_te_id", "IVRs" }, { "hu_huntlists", "hu_te_id", "hunt lists" },
  { "co_conditions", "co_te_id", "conditions" }, { "cu_customs", "cu_te_id", "custom destinations" },
  { "cr_conferencerooms", "cr_te_id", "conference rooms" },
  { "ca_campaigns", "ca_te_id", "campaigns" }, { "pb_phonebooks", "pb_te_id", "phonebooks" },
  { "ph_phones", "ph_te_id", "phones" },
}

-- What only describes the tenant goes with it.
local OWN = {
  { "se_settings", "se_te_id" }, { "pk_parkinglots", "pk_te_id" },
  { "tv_tenantvariables", "tv_te_id" }, { "ut_usertenants", "ut_tenant_id" },
  { "gt_usergrouptenants", "gt_tenant_id" }, { '"keys"', "ak_te_id" },
}

local function before(tx, change)
  if change.action == "update" then
    local code = change.values.te_code
    if code and code ~= change.before.te_code then
      local used, err = tx:value("SELECT ex_id FROM ex_extensions WHERE ex_te_id = ? LIMIT 1",
        { change.id })
      if err then return nil, err end
      if used then
        return nil, { code = "conflict", reason = "tenant_code_in_use", field = "code",
          message = "The code is part of the names of the tenant's extensions." }
      end
    end
  elseif change.action == "delete" then
    for _, item in ipairs(CONTENTS) do
      local count, err = tx:value(("SELECT count(*) FROM %s WHERE %s = ?"):format(item[1], item[2]),
        { change.id })
      if err then return nil, err end
      if count > 0 then
        return nil, { code = "conflict", reason = "tenant_not_empty",
          message = ("The tenant still has %d %s."):format(count, item[3]) }
      end
    end
    for _, item in ipairs(OWN) do
      local done, err = tx:exec(("DELETE FROM %s WHERE %s = ?"):format(item[1], item[2]), { change.id })
      if not done then return nil, err end
    end
  end
  return true
end

return object {
  name = "tenant", summary = "A tenant and its limits.",
  table = "te_tenants", id = "te_id", label = "te_name",
  required = { "te_name", "te_code" },
  example = { name = "Sample company", code = "SAMPLE" },
  columns = {
    te_code = { pattern = "[%w_]+", max = 40 }, te_alertemail = { pattern = "[^%s]*" },
  },
  references = {
    routingprofile = { "te_rp_id", "te_campaign_rp_id", "te_fax_rp_id" }, clientrate = { "te_cl_id" },
  },
  aliases = {
    name = "te_name", code = "te_code", billingcode = "te_billingcode",
    billing_code = "te_billingcode", timezone = "te_timezone", routing_profile_id = "te_rp_id",
    campaign_routing_profile_id = "te_campaign_rp_id", fax_routing_profile_id = "te_fax_rp_id",
  },
  secrets = { "te_recordingpassword" },
  tenant_filter = "o.te_id = ?",
  children = {
    {
      name = "parkinglot", table = "pk_parkinglots", key = "pk_te_id", id = "pk_id", one = true,
      flat = true, show = false, names = { "parkinglot" },
    },
  },
  before = before,
}
