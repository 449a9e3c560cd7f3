-- Whole tables as one statement each, for lists that are streamed: every column of every row, what the asker may
-- not see as NULL.
local extension = require "model.extension"
local sql = require "engine.sql"
local store = require "store"
local voicemail = require "model.voicemail"

local listing = {}

-- "o.a, NULL AS b, ...": the columns of a table in their order; `omit` leaves hidden ones out.
local function columns_of(table_name, alias, hidden, omit)
  local described, err = store.columns(table_name)
  if not described then return nil, err end
  local list = {}
  for _, it in ipairs(described) do
    local name = sql.name(it.name)
    if not hidden[it.name] then list[#list + 1] = alias .. "." .. name
    elseif not omit then list[#list + 1] = "NULL AS " .. name end
  end
  return table.concat(list, ", ")
end

local function finish(text, where, order, params)
  return {
    sql = text .. (#where > 0 and " WHERE " .. table.concat(where, " AND ") or "") .. " ORDER BY " .. order,
    params = params,
  }
end

local LOGIN = "coalesce(a.username, f.defaultuser, f.name)"
local PASSWORD = "coalesce(a.password, f.secret)"

--- Extensions with st_state, username and password of the phone. which = {id, number}; `passwords`: whether they are
--- shown; `short`: column names of a short list, as {name, label} pairs.
function listing.extensions(ctx, which, passwords, short)
  local where, params = {}, {}
  local function add(condition, value) where[#where + 1], params[#params + 1] = condition, value end
  if ctx.tenant then add("o.ex_te_id = ?", ctx.tenant.id) end
  if which.id then add("o.ex_id = ?", which.id)
  elseif (which.number or "") ~= "" then add("o.ex_number = ?", which.number) end
  local own = { st_state = "s.st_state", username = LOGIN, password = passwords and PASSWORD or "NULL" }
  local names, err
  if short then
    local list = {}
    for i, it in ipairs(short) do list[i] = (own[it[1]] or "o." .. it[1]) .. " AS " .. sql.name(it[2]) end
    names = table.concat(list, ", ")
  else
    names, err = columns_of("ex_extensions", "o", ctx.secrets and {} or extension.secret_set)
    if not names then return nil, err end
    for _, name in ipairs({ "st_state", "username", "password" }) do names = names .. ", " .. own[name] .. " AS " .. name end
  end
  return finish("SELECT " .. names .. " FROM ex_extensions o " .. extension.joins, where, "o.ex_id", params)
end

-- How to reach the tenant's recording store: nobody needs them to read a number.
local STORE_SECRETS = { te_recordingpassword = true, te_recordinguser = true, te_recordinghost = true }

--- Direct numbers with the columns of their owner, or the `short` list.
function listing.dids(ctx, short)
  local where, params = {}, {}
  if ctx.tenant then where[1], params[1] = "d.di_te_id = ?", ctx.tenant.id end
  local names, err
  if short then
    local list = {}
    for i, it in ipairs(short) do list[i] = it[1] .. " AS " .. sql.name(it[2]) end
    names = table.concat(list, ", ")
  else
    names, err = columns_of("di_dids", "d", {})
    if not names then return nil, err end
    local of_tenant
    of_tenant, err = columns_of("te_tenants", "t", ctx.secrets and {} or STORE_SECRETS)
    if not of_tenant then return nil, err end
    names = names .. ", " .. of_tenant
  end
  return finish("SELECT " .. names .. " FROM di_dids d LEFT JOIN te_tenants t ON t.te_id = d.di_te_id", where,
    "d.di_number, d.di_id", params)
end

--- Mailboxes, all or one, or the `short` list.
function listing.mailboxes(ctx, mailbox, short)
  local where, params = {}, {}
  local function add(condition, value) where[#where + 1], params[#params + 1] = condition, value end
  if ctx.tenant then add("o.te_id = ?", ctx.tenant.id) end
  if (mailbox or "") ~= "" then add("o.mailbox = ?", mailbox) end
  local names, err
  if short then
    local list = {}
    for i, it in ipairs(short) do list[i] = "o." .. sql.name(it[1]) .. " AS " .. sql.name(it[2]) end
    names = table.concat(list, ", ")
  else
    names, err = columns_of("voicemail", "o", ctx.secrets and {} or voicemail.secret_set, true)
    if not names then return nil, err end
  end
  return finish("SELECT " .. names .. " FROM voicemail o", where, "o.mailbox, o.uniqueid", params)
end

return listing
