-- Lists that are streamed, as one statement each; of whole tables every column of every row, what the asker may not
-- see as NULL.
local cdr = require "model.cdr"
local extension = require "model.extension"
local peer = require "model.peer"
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
    names = sql.labelled(short, "o.", own)
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
    names = sql.labelled(short)
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
    names = sql.labelled(short, "o.")
  else
    names, err = columns_of("voicemail", "o", ctx.secrets and {} or voicemail.secret_set, true)
    if not names then return nil, err end
  end
  return finish("SELECT " .. names .. " FROM voicemail o", where, "o.mailbox, o.uniqueid", params)
end

--- What the lamps of a tenant's phones and flows show. By number and not by name ending: 100-X-DEMO would pass for a
--- peer of DEMO. A phone at rest that does not want to be disturbed is busy, as its lamp is.
function listing.lamps(ctx)
  return { sql = [[
    SELECT st_extension,
      CASE WHEN ex_dnd = 'on' AND st_state = 'NOT_INUSE' THEN 'BUSY' ELSE st_state END AS st_state,
      st_timestamp FROM ex_extensions
    JOIN st_states ON st_extension = ]] .. peer.sql("ex_number", ":code") .. [[ WHERE ex_te_id = :id
    UNION
    SELECT st_extension, st_state, st_timestamp FROM fl_flows
    JOIN st_states ON st_extension = ]] .. peer.sql("fl_number", ":code") .. [[ WHERE fl_te_id = :id
    ORDER BY 1]], params = { code = ctx.tenant.code, id = ctx.tenant.id } }
end

--- Flows of a tenant with the states of their lamps.
function listing.flows(ctx)
  return finish([[
    SELECT fl_id, fl_te_id, fl_name, fl_comment, fl_number, fl_value, fl_value_for_unavailable,
      fl_value_for_inuse, fl_value_for_notinuse, fl_value_for_ringing, fl_variable_name,
      fl_monitor_type, fl_monitor_type_id, fl_monitor_parameter,
      st_extension, st_state, st_timestamp, st_peername
    FROM fl_flows LEFT JOIN st_states ON st_extension = ]] .. peer.sql("fl_number", "?"),
    { "fl_te_id = ?" }, "fl_id", { ctx.tenant.code, ctx.tenant.id })
end

--- The codes that open a route, of a tenant or of all.
function listing.pincodes(ctx)
  local where, params = {}, {}
  if ctx.tenant then where[1], params[1] = "pc_te_id = ?", ctx.tenant.id end
  return finish([[SELECT pc_id AS id, pc_pin AS pin, pc_description AS description, pc_enabled AS enabled,
    te_code AS tenant FROM pc_pincodes JOIN te_tenants ON te_id = pc_te_id]], where, "pc_te_id, pc_pin, pc_id", params)
end

--- What callers pressed in menus, in a span. filters = {start, ["end"]}.
function listing.menu_keys(ctx, filters)
  local first, last = cdr.span(filters)
  if not first then return nil, last end
  return finish([[
    SELECT il_time AS "time", il_uniqueid AS uniqueid, il_iv_id AS iv_id, iv_name, il_callerid AS callerid,
      il_key AS "key", il_destination AS destination
    FROM il_ivrlogs LEFT JOIN iv_ivrs ON iv_id = il_iv_id AND iv_te_id = il_te_id]],
    { "il_te_id = ?", "il_time >= ?", "il_time <= ?" }, "il_time, il_id", { ctx.tenant.id, first, last })
end

--- Recordings of a span. filters = {start, ["end"]}.
function listing.recordings(ctx, filters)
  local first, last = cdr.span(filters)
  if not first then return nil, last end
  return finish([[
    SELECT rm_uniqueid AS uniqueid, rm_linkedid AS linkedid, rm_date AS date, rm_src AS src,
      rm_dst AS dst, rm_direction AS direction, rm_duration AS duration, rm_size AS size,
      rm_format AS format
    FROM rm_recordingmetadatas]],
    { "rm_te_id = ?", "rm_date BETWEEN ? AND ?" }, "rm_date, rm_id", { ctx.tenant.id, first, last })
end

return listing
