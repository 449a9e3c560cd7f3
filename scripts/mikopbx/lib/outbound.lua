-- An outbound route of MikoPBX is a rule of the tenant's routing profile. Profiles belong to the host, as
-- providers do, so a tenant's own key has no business here.
local annex = require "model.annex"
local dialrule = require "model.route"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local routingprofile = require "model.routingprofile"
local store = require "store"
local tenant = require "model.tenant"
local trunk = require "mikopbx.lib.trunk"

local outbound = {}

outbound.RULES = {
  rulename = { max = 100 },
  providerid = { max = 64 },
  priority = { type = "integer", min = 0, most = 9999, default = 0 },
  numberbeginswith = { max = 20, default = "" },
  restnumbers = { type = "integer", min = -1, most = 20, default = -1 },
  trimfrombegin = { type = "integer", min = 0, most = 30, default = 0 },
  prepend = { max = 20, default = "" },
  note = { max = 500, default = "", lines = true },
}
outbound.REQUIRED = { "rulename", "providerid" }

local function denied()
  return nil, {
    code = "denied", message = "Access denied. You do not have permission to access this resource.",
  }
end

---- numbers and patterns

--- The pattern of a rule: what a number begins with, and how many digits follow (-1: any).
function outbound.regex(begins, rest)
  local text = "^" .. begins:gsub("[+*]", "[%0]")
  if rest < 0 then return text end
  return text .. (rest > 0 and ("[0-9]{%d}"):format(rest) or "") .. "$"
end

--- Both of a pattern; of one that is written otherwise the whole text and any digits.
function outbound.parts(regex)
  local begins, rest = regex:match("^%^(.-)%[0%-9%]{(%d+)}%$$")
  if not begins then
    begins = regex:match("^%^(.-)%$$")
    rest = begins and "0" or "-1"
    begins = begins or regex:match("^%^(.*)$")
  end
  begins = begins and begins:gsub("%[([+*])%]", "%1")
  if not begins or not begins:match("^[%d*#+()|]*$") then return regex, -1 end
  return begins, tonumber(rest)
end

---- the tenant's profile

local function profile_of(ctx)
  return store.value("SELECT te_rp_id FROM te_tenants WHERE te_id = ?", { ctx.tenant.id })
end

-- Made with the first route of a tenant that has none.
local function own_profile(ctx)
  local id, err = profile_of(ctx)
  if err or id and id ~= 0 then return id, err end
  local host = { key = ctx.key, actor = ctx.actor, peer = ctx.peer, request = ctx.request, secrets = ctx.secrets }
  local row
  row, err = routingprofile.create(host, { rp_name = "Routes of " .. ctx.tenant.code, rp_type = "VOICE" })
  if not row then return nil, err end
  local done
  done, err = tenant.update(host, ctx.tenant.id, { te_rp_id = row.rp_id })
  if not done then return nil, err end
  return row.rp_id
end

---- records

local SELECT = [[SELECT dl_id, dl_name, dl_regex, dl_pr_id, dl_adddigits, dl_deldigits, dl_priority, mo_note
  FROM dl_dialingrules LEFT JOIN mk_outboundroutes ON mo_dl_id = dl_id WHERE dl_rp_id = ?]]

local function record(row, named)
  local begins, rest = outbound.parts(row.dl_regex or "")
  local provider = named[row.dl_pr_id]
  return {
    id = tostring(row.dl_id), rulename = row.dl_name or "", providerid = provider and provider.id or "",
    priority = row.dl_priority or 0, numberbeginswith = begins, restnumbers = rest,
    trimfrombegin = row.dl_deldigits or 0, prepend = row.dl_adddigits or "", note = row.mo_note or "",
    provider = provider, regex = row.dl_regex,
  }
end

--- All routes, or one, in the order they are tried.
function outbound.records(ctx, id)
  if not ctx.key.global then return denied() end
  local profile, err = profile_of(ctx)
  if err then return nil, err end
  local text, bound = SELECT, { profile or 0 }
  if id then text, bound[2] = text .. " AND dl_id = ?", id end
  local rows
  rows, err = store.query(text .. " ORDER BY coalesce(dl_priority, 0), coalesce(dl_order, 0), dl_id", bound,
    { rows = 100000 })
  if not rows then return nil, err end
  local named
  named, err = trunk.names()
  if not named then return nil, err end
  local list = {}
  for row in rows:each() do list[#list + 1] = record(row, named) end
  return list
end

local function invalid(field, problem)
  return nil, { code = "invalid", message = field .. ": " .. problem, fields = { [field] = problem } }
end

local function check(it)
  for _, name in ipairs(outbound.REQUIRED) do
    if (it[name] or "") == "" then return invalid(name, "is required") end
  end
  if not it.prepend:match("^[%d*#+]*$") then return invalid("prepend", "must be digits") end
  local trunks, err = trunk.by_id()
  if not trunks then return nil, err end
  it.provider = trunks[it.providerid]
  if not it.provider then return invalid("providerid", "no such provider") end
  return true
end

-- "" and 0 stand for a rule that is not finished: no number fits it.
local function pattern_of(it, before)
  local same = before and before.numberbeginswith == it.numberbeginswith and before.restnumbers == it.restnumbers
  if same then return before.regex end
  if not it.numberbeginswith:match("^[%d*#+()|]*$") then
    return invalid("numberbeginswith", "must be digits, or several beginnings in brackets: (7|8)")
  end
  local open = 0
  for bracket in it.numberbeginswith:gmatch("[()]") do
    open = open + (bracket == "(" and 1 or -1)
    if open < 0 then break end
  end
  if open ~= 0 then return invalid("numberbeginswith", "a bracket is missing") end
  return outbound.regex(it.numberbeginswith, it.restnumbers)
end

local NAMES = { dl_name = "rulename", name = "rulename", dl_regex = "numberbeginswith", regex = "numberbeginswith",
  dl_adddigits = "prepend", adddigits = "prepend", dl_deldigits = "trimfrombegin", deldigits = "trimfrombegin",
  dl_pr_id = "providerid", provider_id = "providerid" }

local function not_saved(err)
  local name = NAMES[err.field or ""]
  if not name then return nil, err end
  local problem = err.message:gsub("^[%w_]+:%s*", "")
  return nil, { code = err.code, message = name .. ": " .. problem, fields = { [name] = problem } }
end

--- Cleaned fields; those of a create have their defaults.
function outbound.clean(values, creating) return fields.clean(outbound.RULES, values, creating) end

--- Creates a route of cleaned fields, or changes the one given as `before`.
function outbound.save(ctx, values, before)
  if not ctx.key.global then return denied() end
  local it = {}
  for name, value in pairs(before or {}) do it[name] = value end
  for name, value in pairs(values) do it[name] = value end
  local ok, err = check(it)
  if not ok then return nil, err end
  local regex
  regex, err = pattern_of(it, before)
  if not regex then return nil, err end
  local changes = {
    dl_name = it.rulename, dl_regex = regex, dl_pr_id = it.provider.pr_id, dl_adddigits = it.prepend,
    dl_deldigits = it.trimfrombegin, dl_priority = it.priority,
  }
  local row
  if before then
    row, err = dialrule.update(ctx, tonumber(before.id), changes)
  else
    changes.dl_rp_id, err = own_profile(ctx)
    if not changes.dl_rp_id then return nil, err end
    row, err = dialrule.create(ctx, changes)
  end
  if not row then return not_saved(err) end
  ok, err = annex.put("mk_outboundroutes", "mo_dl_id", row.dl_id, { mo_note = it.note })
  if not ok then return nil, err end
  local list
  list, err = outbound.records(ctx, row.dl_id)
  if not list then return nil, err end
  return list[1]
end

function outbound.delete(ctx, it)
  local done, err = dialrule.delete(ctx, tonumber(it.id))
  if not done then return nil, err end
  return annex.remove("mk_outboundroutes", "mo_dl_id", tonumber(it.id))
end

--- New priorities by id: all are known, or none is changed.
function outbound.order(ctx, priorities)
  local list, err = outbound.records(ctx)
  if not list then return nil, err end
  local known = {}
  for _, it in ipairs(list) do known[it.id] = true end
  for id, priority in pairs(priorities) do
    if not known[tostring(id)] then return nil, { code = "invalid", message = "Route ID " .. id .. " not found" } end
    if not tonumber(priority) then return nil, { code = "invalid", message = "priorities: not a number" } end
  end
  local count = 0
  for id, priority in pairs(priorities) do
    local row
    row, err = dialrule.update(ctx, tonumber(id), { dl_priority = tonumber(priority) })
    if not row then return nil, err end
    count = count + 1
  end
  return count
end

--- How the API shows a route.
function outbound.shown(it)
  local provider = it.provider
  return json.ordered("id", it.id, "rulename", it.rulename, "providerid", it.providerid, "priority", it.priority,
    "numberbeginswith", it.numberbeginswith, "restnumbers", it.restnumbers, "trimfrombegin", it.trimfrombegin,
    "prepend", it.prepend, "note", it.note,
    "providerid_represent", provider and mikopbx.represent("server", provider.name) or "",
    "provider_type", provider and "SIP" or "", "provider_disabled", provider and provider.disabled or false,
    "represent", it.rulename)
end

return outbound
