-- /outbound-routes: which numbers leave by which provider: rules of the tenant's routing profile. Profiles belong to
-- the host, as providers do, so a tenant's own key has no business here.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local pattern = require "mikopbx.lib.pattern"
local resource = require "mikopbx.lib.resource"
local routingprofile = require "model.routingprofile"
local rule = require "model.route"
local shapes = require "mikopbx.lib.shapes"
local store = require "store"
local tenant = require "model.tenant"
local trunk_name = require "mikopbx.lib.trunk_name"

local SELECT = [[SELECT dl_id, dl_name, dl_regex, dl_pr_id, dl_adddigits, dl_deldigits, dl_priority, mo_note
  FROM dl_dialingrules LEFT JOIN mk_outboundroutes ON mo_dl_id = dl_id
  WHERE dl_rp_id = (SELECT te_rp_id FROM te_tenants WHERE te_id = ?)]]

local function from(ctx)
  if ctx.key.global then return SELECT, { ctx.tenant.id } end
  return nil, { code = "denied", message = "Access denied. You do not have permission to access this resource." }
end

local function read(_, rows)
  local ids, list = {}, {}
  for i, row in ipairs(rows) do ids[i] = row.dl_pr_id end
  local trunks, err = trunk_name.by_row(ids)
  if not trunks then return nil, err end
  for i, row in ipairs(rows) do
    local begins, rest = pattern.parts(row.dl_regex or "")
    local provider = trunks[row.dl_pr_id]
    list[i] = {
      row_id = row.dl_id, rulename = row.dl_name or "", providerid = provider and provider.id or "",
      priority = row.dl_priority or 0, numberbeginswith = begins, restnumbers = rest,
      trimfrombegin = row.dl_deldigits or 0, prepend = row.dl_adddigits or "", note = row.mo_note or "",
      provider = provider, regex = row.dl_regex,
    }
  end
  return list
end

local function changes(_, it, before)
  local trunks, err = trunk_name.by_id({ it.providerid })
  if not trunks then return nil, err end
  local provider = trunks[it.providerid]
  if not provider then return resource.invalid({ providerid = "no such provider" }) end
  local regex = pattern.regex(it.numberbeginswith, it.restnumbers)
  -- What another dialect wrote stays until somebody changes it.
  if before and before.numberbeginswith == it.numberbeginswith and before.restnumbers == it.restnumbers then
    regex = before.regex
  else
    local problem = pattern.problem(it.numberbeginswith)
    if problem then return resource.invalid({ numberbeginswith = problem }) end
  end
  return {
    dl_name = it.rulename, dl_regex = regex, dl_pr_id = provider.pr_id, dl_adddigits = it.prepend,
    dl_deldigits = it.trimfrombegin, dl_priority = it.priority,
  }, { mo_note = it.note }
end

-- The first route of a tenant without a profile makes one.
local function steps(ctx, step)
  if step[2] == "update" then return { step } end
  local id, err = store.value("SELECT te_rp_id FROM te_tenants WHERE te_id = ?", { ctx.tenant.id })
  if err then return nil, err end
  if id and id ~= 0 then
    step[3].dl_rp_id = id
    return { step }
  end
  step.ids = { dl_rp_id = 1 }
  return {
    { routingprofile, "create", { rp_name = "Routes of " .. ctx.tenant.code, rp_type = "VOICE" } },
    { tenant, "update", ctx.tenant.id, {}, ids = { te_rp_id = 1 } }, step,
  }
end

local function shown(it)
  local provider = it.provider
  return json.ordered("id", it.id, "rulename", it.rulename, "providerid", it.providerid, "priority", it.priority,
    "numberbeginswith", it.numberbeginswith, "restnumbers", it.restnumbers, "trimfrombegin", it.trimfrombegin,
    "prepend", it.prepend, "note", it.note,
    "providerid_represent", provider and mikopbx.represent("server", provider.name) or "",
    "provider_type", provider and provider.type or "", "provider_disabled", provider and provider.disabled or false,
    "represent", it.rulename)
end

return resource.of {
  path = "outbound-routes", word = "Outbound route", summary = "Which numbers leave by which provider.",
  shape = shapes.outbound_route, model = rule, annex = "mk_outboundroutes",
  rules = {
    rulename = { max = 100 }, providerid = { max = 64 }, priority = { type = "integer", min = 0, most = 9999, default = 0 },
    numberbeginswith = { max = 20, default = "" }, restnumbers = { type = "integer", min = -1, most = 20, default = -1 },
    trimfrombegin = { type = "integer", min = 0, most = 30, default = 0 }, prepend = { max = 20, default = "" },
    note = { max = 500, default = "", lines = true },
  },
  required = { "rulename", "providerid" },
  check = function(it, bad)
    if not it.prepend:match("^[%d*#+]*$") then bad.prepend = "must be digits" end
  end,
  names = { dl_name = "rulename", name = "rulename", dl_regex = "numberbeginswith", regex = "numberbeginswith",
    dl_adddigits = "prepend", adddigits = "prepend", dl_deldigits = "trimfrombegin", deldigits = "trimfrombegin",
    dl_pr_id = "providerid", provider_id = "providerid" },
  id = "dl_id", order = "coalesce(dl_priority, 0), coalesce(dl_order, 0), dl_id",
  orders = { priority = "coalesce(dl_priority, 0)", rulename = "dl_name" }, search = { "dl_name", "mo_note" },
  from = from, read = read, changes = changes, steps = steps, shown = shown,
  copied = function(it) it.rulename = "copy of " .. it.rulename end,
  prioritized = function(id, priority) return { rule, "update", id, { dl_priority = priority } } end,
}
