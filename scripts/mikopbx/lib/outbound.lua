-- An outbound route of MikoPBX is a rule of the tenant's routing profile. Profiles belong to the host, as
-- providers do, so a tenant's own key has no business here.
local change = require "engine.change"
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

-- The steps that create a rule: the first of a tenant without a profile makes one.
local function creation(ctx, rule)
  local id, err = profile_of(ctx)
  if err then return nil, err end
  if id and id ~= 0 then
    rule[3].dl_rp_id = id
    return { rule }
  end
  rule.ids = { dl_rp_id = 1 }
  return {
    { routingprofile, "create", { rp_name = "Routes of " .. ctx.tenant.code, rp_type = "VOICE" } },
    { tenant, "update", ctx.tenant.id, {}, ids = { te_rp_id = 1 } }, rule,
  }
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
  local own = { mk_outboundroutes = { mo_note = it.note } }
  local steps = before and { { dialrule, "update", tonumber(before.id), changes, annexes = own } }
  if not steps then steps, err = creation(ctx, { dialrule, "create", changes, annexes = own }) end
  if not steps then return nil, err end
  local made
  made, err = change.run(ctx, steps)
  if not made then return not_saved(err) end
  local list
  list, err = outbound.records(ctx, made[#made].dl_id)
  if not list then return nil, err end
  return list[1]
end

function outbound.delete(ctx, it) return dialrule.delete(ctx, tonumber(it.id)) end

--- The step that gives a route a new priority.
function outbound.prioritized(id, priority) return { dialrule, "update", id, { dl_priority = priority } } end

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
