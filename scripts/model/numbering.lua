-- One numbering plan for each tenant: a number that phones dial is one object's. The kinds are those of the
-- view dialplan_number, by which the dialplan finds whose number it is. The tables of it are asked here each by its
-- index: MariaDB takes no condition with a parameter into a view of several, and would read the numbers of all tenants.
local json = require "json"
local turn = require "engine.turn"

local numbering = {}

local NAMES = {
  EXT = "an extension", QUEUE = "a queue", CONFERENCE = "a conference room", HUNTLIST = "a hunt list",
  PAGING = "a paging group", FLOWSWITCH = "a flow", FEATURE = "a feature code", SHORTNUMBER = "a short number",
  IVR = "a menu", CUSTOM = "a custom destination",
}

-- kind; its table and columns of owner, number and target
local PLACES = {
  { "EXT", "ex_extensions", "ex_te_id", "ex_number", "ex_id" },
  { "QUEUE", "qu_queues", "qu_te_id", "qu_number", "qu_id" },
  { "CONFERENCE", "cr_conferencerooms", "cr_te_id", "cr_number", "cr_id" },
  { "HUNTLIST", "hu_huntlists", "hu_te_id", "hu_number", "hu_id" },
  { "PAGING", "pa_paginggroups", "pa_te_id", "pa_number", "pa_id" },
  { "FLOWSWITCH", "fl_flows", "fl_te_id", "fl_number", "fl_id" },
  { "FEATURE", "fe_features", "fe_te_id", "fe_code", "fe_id" },
  { "SHORTNUMBER", "sn_shortnumbers", "sn_te_id", "sn_number", "sn_destnumber" },
  { "IVR", "iv_ivrs", nil, "iv_dialled", "iv_id" },
  { "CUSTOM", "cu_customs", nil, "cu_dialled", "cu_id" },
}
local OWNERS = {}
for i, it in ipairs(PLACES) do
  local owner = it[3] and it[3] .. " = ? AND " or ""
  OWNERS[i] = ("SELECT '%s' AS kind, %s AS target FROM %s WHERE %s%s = ?"):format(it[1], it[5], it[2], owner, it[4])
end
local OWNERS_SQL = "(" .. table.concat(OWNERS, " UNION ALL ") .. ") AS owners"

--- What has the number in that tenant's plan: a table to select `kind` and `target` from, and its values.
function numbering.owners(tenant_id, number)
  local values = {}
  for _, it in ipairs(PLACES) do
    if it[3] then
      values[#values + 1] = tenant_id
      values[#values + 1] = number
    else
      values[#values + 1] = ("%d-%s"):format(tenant_id, number)
    end
  end
  return OWNERS_SQL, values
end

local function free(tx, change, column, kind)
  local number = change.values[column]
  if change.action == "delete" or number == nil or number == json.null or number == "" then return true end
  if change.before and change.before[column] == number then return true end
  -- Two who take one number at once take it in turn.
  local ok, err = turn.take(tx, ("number %d %s"):format(change.tenant_id, tostring(number)))
  if not ok then return nil, err end
  local owners, values = numbering.owners(change.tenant_id, tostring(number))
  values[#values + 1] = kind
  local other
  other, err = tx:value("SELECT kind FROM " .. owners .. " WHERE kind <> ? LIMIT 1", values)
  if err then return nil, err end
  if not other then return true end
  return nil, { code = "conflict", reason = "already_exists", field = column:match("_(%w+)$"),
    message = ("%s is the number of %s."):format(number, NAMES[other] or other) }
end

--- Has a model refuse a number in `column` that an object of another kind has. Returns the model.
function numbering.plan(model, column, kind)
  local before = model.before
  function model.before(tx, change)
    local ok, err = free(tx, change, column, kind)
    if not ok then return nil, err end
    if before then return before(tx, change) end
    return true
  end
  return model
end

return numbering
