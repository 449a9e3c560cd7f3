-- Which row a column, a child or a destination may name, and what still names a row that is to go.
local sql = require "engine.sql"
local value_of = require "lib.value"

local reference = {}

local function own(word, table_name, id, tenant)
  return { word = word, table = table_name, id = id, tenant = tenant }
end
-- Rows of the global level may be named by every tenant.
local function shared(word, table_name, id, tenant)
  return { word = word, table = table_name, id = id, tenant = tenant, global = true }
end

local KINDS = {
  extension = own("extension", "ex_extensions", "ex_id", "ex_te_id"),
  queue = own("queue", "qu_queues", "qu_id", "qu_te_id"),
  campaign = own("campaign", "ca_campaigns", "ca_id", "ca_te_id"),
  phonebook = own("phonebook", "pb_phonebooks", "pb_id", "pb_te_id"),
  conferenceroom = own("conference room", "cr_conferencerooms", "cr_id", "cr_te_id"),
  did = own("DID", "di_dids", "di_id", "di_te_id"),
  condition = own("condition", "co_conditions", "co_id", "co_te_id"),
  voicemail = own("voicemail", "voicemail", "uniqueid", "te_id"),
  ivr = own("IVR", "iv_ivrs", "iv_id", "iv_te_id"),
  disa = own("DISA", "ds_disas", "ds_id", "ds_te_id"),
  paginggroup = own("paging group", "pa_paginggroups", "pa_id", "pa_te_id"),
  huntlist = own("hunt list", "hu_huntlists", "hu_id", "hu_te_id"),
  flow = own("flow", "fl_flows", "fl_id", "fl_te_id"),
  responsepath = own("response path", "re_responsepaths", "re_id", "re_te_id"),
  mediafile = shared("media file", "me_mediafiles", "me_id", "me_te_id"),
  musiconhold = shared("music on hold", "mu_musiconholds", "mu_id", "mu_te_id"),
  customdestination = shared("custom destination", "cu_customs", "cu_id", "cu_te_id"),
  callerid = shared("caller id set", "ca_callerids", "ca_id", "ca_te_id"),
  clientrate = shared("client rate", "cl_clientrates", "cl_id", "cl_te_id"),
  buttonlayout = shared("button layout", "bl_buttonlayouts", "bl_id", "bl_te_id"),
  tenant = shared("tenant", "te_tenants", "te_id"),
  userprofile = shared("user profile", "up_userprofiles", "up_id"),
  routingprofile = shared("routing profile", "rp_routingprofiles", "rp_id"),
  provider = shared("provider", "pr_providers", "pr_id"),
  special = shared("special destination", "sp_specials", "sp_id"),
  customtype = shared("custom type", "ct_customtypes", "ct_id"),
  variable = shared("variable", "al_variables", "al_id"),
  node = shared("node", "no_nodes", "no_id"),
  phonemodel = shared("phone model", "pm_phonemodels", "pm_id"),
}
reference.KINDS = KINDS

-- By table of the row that is named: columns {table, id, name, columns} and links {table, column,
-- fixed} of everything loaded.
local named_by, linked_by = {}, {}

-- Tables that name rows and are no objects of their own.
local OTHERS = {
  { name = "provisioningphone", table = "pn_phonelines JOIN ph_phones ON ph_id = pn_ph_id", id = "ph_id",
    label = "ph_name", column = "pn_ex_id", kind = "extension" },
  { name = "queue", table = "queue JOIN qu_queues ON name = CAST(qu_id AS CHAR)", id = "qu_id", label = "qu_name",
    column = "musiconhold", kind = "musiconhold", text = "moh-%d" },
  { name = "extension", table = "ps_endpoints JOIN ex_extensions ON ps_endpoints.id = ex_tech_id", id = "ex_id",
    label = "ex_number", column = "moh_suggest", kind = "musiconhold", text = "moh-%d" },
  { name = "extension", table = "sipfriends JOIN ex_extensions ON sipfriends.name = ex_tech_id", id = "ex_id",
    label = "ex_number", columns = { "mohinterpret", "mohsuggest" }, kind = "musiconhold", text = "moh-%d" },
}

local function add(index, table_name, entry)
  index[table_name] = index[table_name] or {}
  table.insert(index[table_name], entry)
end

for _, it in ipairs(OTHERS) do
  it.columns = it.columns or { it.column }
  add(named_by, KINDS[it.kind].table, it)
end

local function kind_of(name, what)
  local kind = KINDS[name]
  if not kind then error(("%s: unknown kind of reference %s"):format(what, tostring(name)), 5) end
  return kind
end

--- Notes what the columns and children of a model name. A rule with `elsewhere` is looked up in a
--- table among OTHERS.
function reference.declare(model)
  local by_table = {}
  for _, column in ipairs(sql.sorted(model.columns)) do
    local rule = model.columns[column]
    if rule.ref then
      local target = kind_of(rule.ref, model.name .. "." .. column).table
      if not rule.elsewhere then
        by_table[target] = by_table[target] or {}
        table.insert(by_table[target], column)
      end
    end
  end
  for target, names in pairs(by_table) do
    add(named_by, target, { table = model.table, id = model.id, name = model.name, columns = names,
      label = model.answer_number or model.label or model.id })
  end
  for _, decl in ipairs(model.children) do
    local to = decl.reference
    if to then
      add(linked_by, kind_of(to.kind, model.name .. "." .. decl.name).table,
        { table = decl.table, column = to.column, fixed = decl.fixed })
    end
  end
end

--- True when there is such a row that `tenant_id` may name; nil tenant_id: any tenant's.
function reference.exists(tx, kind, id, tenant_id)
  local text = ("SELECT 1 FROM %s WHERE %s = ?"):format(kind.table, kind.id)
  local params = { id }
  if kind.tenant and tenant_id then
    text = text .. (kind.global and " AND %s IN (?, 0)" or " AND %s = ?"):format(kind.tenant)
    params[2] = tenant_id
  end
  local found, err = tx:value(text, params)
  if err then return nil, err end
  return found ~= nil
end

--- The request is well made, but what it names is not there, or not this tenant's: the same answer.
function reference.absent(field, word, id)
  return nil, { code = "invalid", reason = "invalid_field", field = field, status = 409,
    message = ("%s: no such %s: %s"):format(field, word, value_of.number_text(id)) }
end

--- Checks the ids among values that are about to be written. 0 stands for none where none may be.
function reference.check(tx, model, values, tenant_id, names)
  for column, value in pairs(values) do
    local rule = model.columns[column]
    local given = rule and rule.ref and type(value) == "number"
    if given and (value ~= 0 or model.required_set[column]) then
      local kind = KINDS[rule.ref]
      local there, err = reference.exists(tx, kind, value, model.tenant and tenant_id or nil)
      if err then return nil, err end
      if not there then return reference.absent(names and names[column] or column, kind.word, value) end
    end
  end
  return true
end

--- Checks the music classes among values of a table of Asterisk's own: moh-ID is the tenant's or the
--- global level's; other names are those of the PBX itself.
function reference.check_music(tx, rules, values, tenant_id)
  for column, value in pairs(values) do
    local rule = rules and rules[column]
    local id = rule and rule.music and type(value) == "string"
      and tonumber(value:lower():match("^%s*moh%-(%d+)%s*$"))
    if id then
      local there, err = reference.exists(tx, KINDS.musiconhold, id, tenant_id)
      if err then return nil, err end
      if not there then return reference.absent(column, KINDS.musiconhold.word, id) end
    end
  end
  return true
end

--- Names of the objects whose columns name a row, at most 11.
function reference.holders(tx, table_name, id)
  local found = {}
  for _, source in ipairs(named_by[table_name] or {}) do
    local places, params = {}, {}
    for i, column in ipairs(source.columns) do
      places[i] = sql.name(column) .. " = ?"
      params[i] = source.text and source.text:format(id) or id
    end
    local own_row = source.table == table_name and (" AND %s <> ?"):format(source.id) or ""
    if own_row ~= "" then params[#params + 1] = id end
    local rows, err = tx:query(("SELECT DISTINCT %s AS id, %s AS label FROM %s WHERE (%s)%s LIMIT 11")
      :format(source.id, source.label, source.table, table.concat(places, " OR "), own_row), params)
    if not rows then return nil, err end
    for row in rows:each() do
      found[#found + 1] = ("%s %s (id %s)"):format(source.name, tostring(row.label or ""), tostring(row.id))
    end
  end
  return found
end

--- Before a row goes: refuses with a list when a column still names it, and takes it off the lists it
--- is on.
function reference.release(tx, model, id)
  local holders, err = reference.holders(tx, model.table, id)
  if not holders then return nil, err end
  if #holders > 0 then
    table.sort(holders)
    local more = #holders > 10 and " and more" or ""
    return nil, { code = "conflict", reason = "object_in_use", message = "still used by "
      .. table.concat(holders, ", ", 1, math.min(10, #holders)) .. more }
  end
  for _, link in ipairs(linked_by[model.table] or {}) do
    local where = { [link.column] = id }
    for name, value in pairs(link.fixed or {}) do where[name] = value end
    local text, params = sql.delete(link.table, where)
    local done
    done, err = tx:exec(text, params)
    if not done then return nil, err end
  end
  return true
end

return reference
