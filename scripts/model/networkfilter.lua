-- Networks that phones and keys may come from. Asterisk reads those of a phone with its endpoint.
local json = require "json"
local object = require "engine.object"
local store = require "store"

-- Everywhere is that of both kinds of addresses.
local EVERYWHERE = { ["0.0.0.0/0"] = "0.0.0.0/0,::/0" }

local filter

local function list_of(text) return json.decode(text or "[]") or {} end

-- The phones and trunks of a filter are told with it; one that something goes by stays.
local function after(tx, change)
  if change.action ~= "update" then return true end
  local deny, permit = filter.columns_of(change.row)
  return tx:exec("UPDATE ps_endpoints SET deny = ?, permit = ? WHERE id IN (SELECT ex_tech_id FROM ex_extensions "
    .. "JOIN mk_employees ON me_ex_id = ex_id WHERE me_networkfilterid = ?) OR id IN (SELECT pr_peername FROM pr_providers "
    .. "JOIN mk_providers ON mp_pr_id = pr_id WHERE mp_networkfilterid = ?)",
    { deny, permit, tostring(change.id), tostring(change.id) })
end

local function before(tx, change)
  if change.action ~= "delete" then return true end
  local id = tostring(change.id)
  local used, err = tx:value("SELECT 1 FROM mk_employees WHERE me_networkfilterid = ? UNION ALL "
    .. "SELECT 1 FROM mk_apikeys WHERE ma_networkfilterid = ? UNION ALL "
    .. "SELECT 1 FROM mk_providers WHERE mp_networkfilterid = ?", { id, id, id })
  if err then return nil, err end
  if not used then return true end
  return nil, { code = "conflict", reason = "object_in_use", message = "The network filter is in use." }
end

filter = object {
  name = "networkfilter", title = "Network filter", summary = "Networks that phones and keys may come from.",
  table = "mk_networkfilters", id = "mn_id", tenant = "mn_te_id", label = "mn_description",
  goes_with_tenant = true,
  before = before, after = after,
}

--- What an endpoint's deny and permit are.
function filter.columns_of(row)
  local deny = list_of(row.mn_deny)
  for i, network in ipairs(deny) do deny[i] = EVERYWHERE[network] or network end
  return table.concat(deny, ","), table.concat(list_of(row.mn_permit), ",")
end

--- The filter that a phone or key of the tenant names, by its id: its row, or nil and an error.
function filter.named(ctx, name)
  local row, err = store.row("SELECT * FROM mk_networkfilters WHERE mn_id = ? AND mn_te_id IN (0, ?)",
    { name:match("^%d+$") and tonumber(name) or 0, ctx.tenant.id })
  if row or err then return row, err end
  return nil, { code = "not_found", message = "no such network filter: " .. name:sub(1, 20) }
end

return filter
