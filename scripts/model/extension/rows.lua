-- Rows beside an extension that change with it: groups, what a virtual one rings, and what bears its name or number.
local json = require "json"
local sipname = require "model.sipname"
local sql = require "engine.sql"
local peer_name = require("model.extension.technology").peer_name

local rows = {}

local function replace_groups(tx, change, table_name, prefix, text)
  local done, err = tx:exec(("DELETE FROM %s WHERE %s_ex_id = ?"):format(table_name, prefix),
    { change.id })
  if not done then return nil, err end
  if sql.is_null(text) then return true end
  for group in text:gmatch("[^,%s]+") do
    done, err = tx:exec(("INSERT INTO %s (%s_te_id, %s_ex_id, %s_value) VALUES (?, ?, ?)"):format(
      table_name, prefix, prefix, prefix), { change.tenant_id, change.id, group })
    if not done then return nil, err end
  end
  return true
end

-- The extensions that a virtual one rings.
local function replace_items(tx, change)
  local items = change.fields.virtual_items
  if items == nil then items = change.fields.realextensions end
  if change.row.ex_tech ~= "VIRTUAL" or items == nil then return true end
  local ve_id, err = tx:value("SELECT ve_id FROM ve_virtualextensions WHERE ve_ex_id = ?", { change.id })
  if not ve_id then return nil, err end
  local done
  done, err = tx:exec("DELETE FROM vi_virtualextensionitems WHERE vi_ve_id = ?", { ve_id })
  if not done then return nil, err end
  if items == json.null then return true end
  if type(items) == "string" then
    local list = {}
    for part in items:gmatch("[^,%s]+") do list[#list + 1] = part end
    items = list
  end
  if type(items) ~= "table" then
    return nil, { code = "invalid", reason = "invalid_field", field = "realextensions",
      message = "realextensions: must be a list of ids" }
  end
  for i, item in ipairs(items) do
    if type(item) == "table" then item = item.vi_ex_id or item.id or item.extension_id end
    local id
    id, err = tx:value("SELECT ex_id FROM ex_extensions WHERE ex_id = ? AND ex_te_id = ?",
      { tonumber(item) or 0, change.tenant_id })
    if err then return nil, err end
    if not id or id == change.id then
      return nil, { code = "invalid", reason = "invalid_field", field = "realextensions",
        status = 409, message = "realextensions: no such extension id: " .. tostring(item) }
    end
    done, err = tx:exec("INSERT INTO vi_virtualextensionitems (vi_te_id, vi_ve_id, vi_ex_id, vi_order) "
      .. "VALUES (?, ?, ?, ?)", { change.tenant_id, ve_id, id, i })
    if not done then return nil, err end
  end
  return true
end

--- Brings groups and items to what the body says.
function rows.replace(tx, change)
  if change.values.ex_callgroup ~= nil then
    local ok, err = replace_groups(tx, change, "cg_callgroups", "cg", change.values.ex_callgroup)
    if not ok then return nil, err end
  end
  if change.values.ex_pickupgroup ~= nil then
    local ok, err = replace_groups(tx, change, "pg_pickupgroups", "pg", change.values.ex_pickupgroup)
    if not ok then return nil, err end
  end
  return replace_items(tx, change)
end

--- What else is named after the number goes with it.
function rows.rename(tx, change)
  local old, new = peer_name(change.before, change.tenant), peer_name(change.row, change.tenant)
  if old == new then return true end
  local moved, failed = tx:exec("UPDATE st_states SET st_extension = ?, st_peername = ? WHERE st_extension = ?",
    { new, change.row.ex_tech .. "/" .. new, old })
  if not moved then return nil, failed end
  for _, statement in ipairs({
    "UPDATE queue_member SET state_interface = 'Custom:' || ? WHERE state_interface = 'Custom:' || ?",
    "UPDATE queue_member SET member_device = ? WHERE member_device = ?",
    "UPDATE queue_member SET membername = ? WHERE membername = ?",
    "UPDATE aq_allowed_queue_member SET aq_member_device = ? WHERE aq_member_device = ?",
  }) do
    local done, err = tx:exec(statement, { new, old })
    if not done then return nil, err end
  end
  -- Phones hold the old name: they must register again.
  return tx:exec("DELETE FROM ps_contacts WHERE endpoint = ?", { old })
end

--- Takes away what an extension that goes would leave.
function rows.remove(tx, change)
  local name = peer_name(change.row, change.tenant)
  local member = "Local/AG-%-" .. change.id .. "@fromotherpbx/n"
  for _, statement in ipairs({
    { "DELETE FROM cg_callgroups WHERE cg_ex_id = ?", { change.id } },
    { "DELETE FROM pg_pickupgroups WHERE pg_ex_id = ?", { change.id } },
    { "DELETE FROM vi_virtualextensionitems WHERE vi_ex_id = ?", { change.id } },
    { "DELETE FROM vi_virtualextensionitems WHERE vi_ve_id IN "
      .. "(SELECT ve_id FROM ve_virtualextensions WHERE ve_ex_id = ?)", { change.id } },
    { "DELETE FROM queue_member WHERE interface LIKE ?", { member } },
    { "DELETE FROM aq_allowed_queue_member WHERE aq_interface LIKE ?", { member } },
    { "DELETE FROM st_states WHERE st_extension = ?", { name } },
    -- Contacts of one's own are nobody else's business when one is gone.
    { "DELETE FROM sn_shortnumbers WHERE sn_id IN (SELECT kd_sn_id FROM ks_speeddials JOIN ks_contacts "
      .. "ON kc_pe_id = kd_pe_id WHERE kc_ex_id = ?)", { change.id } },
    { "DELETE FROM ks_speeddials WHERE kd_pe_id IN (SELECT kc_pe_id FROM ks_contacts WHERE kc_ex_id = ?)",
      { change.id } },
    { "DELETE FROM pd_phonebookdetails WHERE pd_pe_id IN (SELECT kc_pe_id FROM ks_contacts WHERE kc_ex_id = ?)",
      { change.id } },
    { "DELETE FROM pe_phonebookentries WHERE pe_id IN (SELECT kc_pe_id FROM ks_contacts WHERE kc_ex_id = ?)",
      { change.id } },
    { "DELETE FROM ks_contacts WHERE kc_ex_id = ?", { change.id } },
    { "DELETE FROM ps_contacts WHERE endpoint = ?", { name } },
    { "DELETE FROM af_authfailures WHERE af_ex_id = ?", { change.id } },
  }) do
    local done, err = tx:exec(statement[1], statement[2])
    if not done then return nil, err end
  end
  local left
  left, change.identify = sipname.leave(tx, name)
  if not left then return nil, change.identify end
  return true
end

return rows
