-- Tenants. The code is part of every Asterisk name, so it cannot change once something bears it.
local invalid = require("lib.failure").field
local kind = require "engine.kind"
local moment = require "lib.moment"
local object = require "engine.object"
local sql = require "engine.sql"
require "model.lookup"

-- What only describes the tenant and is no object goes with it.
local OWN = {
  { "pk_parkinglots", "pk_te_id" }, { "ut_usertenants", "ut_tenant_id" },
  { "gt_usergrouptenants", "gt_tenant_id" }, { "keys", "ak_te_id" },
}

-- Everything else of it must be gone first, or it would belong to nobody.
local function empty(tx, id)
  for _, it in ipairs(kind.of_tenants(false)) do
    local count, err = tx:value(("SELECT count(*) FROM %s WHERE %s = ?"):format(sql.name(it.table),
      sql.name(it.tenant)), { id })
    if err then return nil, err end
    if count > 0 then
      return nil, { code = "conflict", reason = "tenant_not_empty",
        message = ("The tenant still has %d %s."):format(count, count == 1 and it.word or it.words) }
    end
  end
  return true
end

local function take_along(tx, id)
  local tables = {}
  for i, it in ipairs(OWN) do tables[i] = it end
  for _, it in ipairs(kind.of_tenants(true)) do tables[#tables + 1] = { it.table, it.tenant } end
  for _, it in ipairs(tables) do
    local text, params = sql.delete(it[1], { [it[2]] = id })
    local done, err = tx:exec(text, params)
    if not done then return nil, err end
  end
  return true
end

local function before(tx, change)
  if change.action == "create" then
    change.values.te_datecreation = change.values.te_datecreation or moment.now()
  elseif change.action == "update" then
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
    local ok, err = empty(tx, change.id)
    if not ok then return nil, err end
    return take_along(tx, change.id)
  end
  return true
end

-- Places where calls are parked: a phone dials them, and a lot is a list in Asterisk.
local PLACES = 1000

local function lot_fits(tx, change)
  if change.action == "delete" then return true end
  local lot, err = tx:row("SELECT pk_start, pk_end FROM pk_parkinglots WHERE pk_te_id = ?", { change.id })
  if err then return nil, err end
  local first, last = lot and lot.pk_start, lot and lot.pk_end
  if sql.is_null(first) and sql.is_null(last) then return true end
  if sql.is_null(first) or sql.is_null(last) then
    return invalid(sql.is_null(first) and "pk_start" or "pk_end", "pk_start and pk_end stand together")
  end
  if last < first or last - first >= PLACES then
    return invalid("pk_end", ("must be from pk_start on, and make at most %d places"):format(PLACES))
  end
  return true
end

return object {
  name = "tenant", summary = "A tenant and its limits.",
  table = "te_tenants", id = "te_id", label = "te_name",
  unfollowed = require("model.unfollowed").te_tenants,
  required = { "te_name", "te_code" },
  example = { name = "Sample company", code = "SAMPLE" },
  columns = {
    te_code = { pattern = "[%w_]+", max = 40 }, te_alertemail = { pattern = "[^%s]*" },
  },
  references = {
    routingprofile = { "te_rp_id", "te_campaign_rp_id", "te_fax_rp_id" },
  },
  aliases = {
    name = "te_name", code = "te_code", billingcode = "te_billingcode",
    billing_code = "te_billingcode", timezone = "te_timezone", routing_profile_id = "te_rp_id",
    campaign_routing_profile_id = "te_campaign_rp_id", fax_routing_profile_id = "te_fax_rp_id",
  },
  secrets = { "te_recordingpassword" },
  tags = { PARK = { any_id = true } },
  tenant_filter = "o.te_id = ?",
  children = {
    {
      name = "parkinglot", table = "pk_parkinglots", key = "pk_te_id", id = "pk_id", one = true,
      flat = true, show = false, names = { "parkinglot" },
      columns = { pk_start = { low = 1, high = 99999999 }, pk_end = { low = 1, high = 99999999 } },
    },
  },
  before = before, after = lot_fits,
}
