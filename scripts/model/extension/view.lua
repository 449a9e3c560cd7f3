-- What a get shows of an extension beside its row: the rows of its technology, and what is related to it.
local child = require "engine.part"
local columns = require "engine.column"
local destination = require "engine.destination"
local peer = require "model.peer"
local sql = require "engine.sql"
local store = require "store"
local technology = require "model.extension.technology"

local view = {}

-- By technology, with secrets and without: one SELECT of the rows of all its tables, each a part of the answer, and
-- their declarations in the order of their keys.
local tech_selects = { [true] = {}, [false] = {} }

local function tech_select(row, secrets)
  local known, tech = tech_selects[secrets or false], row.ex_tech or ""
  if known[tech] then return known[tech] end
  local made = {}
  for _, decl in ipairs(technology.CHILDREN) do
    if child.applies(decl, row) then made[#made + 1] = decl end
  end
  table.sort(made, function(a, b) return a.name < b.name end)
  local shown, joins, there = {}, {}, {}
  for i, decl in ipairs(made) do
    local described, err = columns.of(decl.table)
    if not described then return nil, err end
    for _, column in ipairs(described.list) do
      if secrets or not decl.secret_set[column.name] then
        shown[#shown + 1] = ("r%d.%s AS %s"):format(i, sql.name(column.name), sql.name(decl.name .. "." .. column.name))
      end
    end
    if decl.name == "endpoint" then
      for _, name in ipairs({ "tech_id", "te_id" }) do
        shown[#shown + 1] = ("CASE WHEN r%d.%s IS NOT NULL THEN o.ex_%s END AS %s"):format(i, sql.name(decl.key), name,
          sql.name("endpoint." .. name))
      end
    end
    joins[i] = (" LEFT JOIN %s r%d ON r%d.%s = ?"):format(sql.name(decl.table), i, i, sql.name(decl.key))
    there[i] = ("r%d.%s IS NOT NULL"):format(i, sql.name(decl.key))
  end
  made.text = #made > 0 and "SELECT " .. table.concat(shown, ", ") .. " FROM ex_extensions o" .. table.concat(joins)
    .. " WHERE o.ex_id = ? AND (" .. table.concat(there, " OR ") .. ")"
  known[tech] = made
  return made
end

local ITEMS = "SELECT vi_id, vi_te_id, vi_ve_id, vi_ex_id, vi_order, ex_number, ex_name "
  .. "FROM ve_virtualextensions JOIN vi_virtualextensionitems ON vi_ve_id = ve_id "
  .. "JOIN ex_extensions ON ex_id = vi_ex_id WHERE ve_ex_id = ? ORDER BY vi_order"

local function virtual(ctx, row, add, tenant)
  local details = add:parts("tech_details")
  for _, decl in ipairs(technology.CHILDREN) do
    if child.applies(decl, row) then
      local rows, err = child.rows(decl, nil, row, tenant, ctx.secrets)
      if not rows then return nil, err end
      details:rows(decl.name, rows, true)
    end
  end
  return details:query("items", ITEMS, { row.ex_id })
end

--- `sections` of the object.
function view.sections(ctx, row, add, tenant)
  if row.ex_tech == "VIRTUAL" then return virtual(ctx, row, add, tenant) end
  local select, failed = tech_select(row, ctx.secrets)
  if not select then return nil, failed end
  if not select.text then
    add:parts("tech_details")
    return true
  end
  local params = {}
  for i, decl in ipairs(select) do params[i] = decl.of(row, tenant) end
  params[#params + 1] = row.ex_id
  return add:nested("tech_details", select.text, params)
end

-- Which of the related lists hold anything: one statement instead of eight. OR instead of IN: for
-- an IN SQLite makes a table at each run.
local PROBE = [[
SELECT EXISTS (SELECT 1 FROM cg_callgroups WHERE cg_ex_id = :id) AS callgroups,
  EXISTS (SELECT 1 FROM pg_pickupgroups WHERE pg_ex_id = :id) AS pickupgroups,
  EXISTS (SELECT 1 FROM de_destinations WHERE de_type_dst = 'EXT' AND de_type_id_dst = :id)
    OR EXISTS (SELECT 1 FROM de_destinations WHERE de_type_dst = 'SMS' AND de_type_id_dst = :id)
    AS referenced_by_destinations,
  EXISTS (SELECT 1 FROM queue_member WHERE state_interface = :lamp) AS queue_members,
  EXISTS (SELECT 1 FROM aq_allowed_queue_member WHERE aq_membername = :number)
    OR EXISTS (SELECT 1 FROM aq_allowed_queue_member WHERE aq_membername = :peer)
    AS allowed_queue_members,
  EXISTS (SELECT 1 FROM ps_contacts WHERE endpoint = :peer) AS pjsip_contacts,
  EXISTS (SELECT 1 FROM ph_phones WHERE ph_line0_ex_id = :id) AS phones]]

-- Those lists: name, what selects them, which of the values of PROBE it takes.
local LISTS = {
  { "pjsip_contacts", "SELECT id, uri, user_agent, reg_server, endpoint, via_addr, "
    .. "expiration_time, qualify_frequency FROM ps_contacts WHERE endpoint = ?", "peer" },
  { "callgroups", "SELECT * FROM cg_callgroups WHERE cg_ex_id = ? ORDER BY cg_id", "id" },
  { "pickupgroups", "SELECT * FROM pg_pickupgroups WHERE pg_ex_id = ? ORDER BY pg_id", "id" },
  { "referenced_by_destinations", "SELECT " .. destination.COLUMNS .. " FROM de_destinations "
    .. "WHERE de_type_dst IN ('EXT', 'SMS') AND de_type_id_dst = ? ORDER BY de_id", "id" },
  { "queue_members", "SELECT uniqueid, membername, queue_name, interface, "
    .. "state_interface, penalty, paused, member_device FROM queue_member WHERE state_interface = ?", "lamp" },
  { "allowed_queue_members", "SELECT * FROM aq_allowed_queue_member WHERE aq_interface LIKE ?", "member" },
  { "phones", "SELECT ph_id, ph_name, ph_mac, ph_pm_id FROM ph_phones WHERE ph_line0_ex_id = ?", "id" },
}

local REGISTRATIONS = "SELECT name, ipaddr, port, useragent, regseconds, regserver, lastms, fullcontact "
  .. "FROM sipfriends WHERE name = ? AND ipaddr <> ''"

-- Rows that columns of the extension name: name, column, what selects it. `true`: the id is what a
-- client sent, of a row that tenants own; another tenant's must not show.
local SINGLES = {
  { "userprofile", "ex_up_id", "SELECT up_id, up_name, up_description, up_reserved, up_userpanel "
    .. "FROM up_userprofiles WHERE up_id = ?" },
  { "routing_profile", "ex_rp_id", "SELECT * FROM rp_routingprofiles WHERE rp_id = ?" },
  { "sms_routing_profile", "ex_sms_rp_id", "SELECT * FROM rp_routingprofiles WHERE rp_id = ?" },
  { "client_rate", "ex_cl_id", "SELECT * FROM cl_clientrates WHERE cl_id = ? AND cl_te_id IN (?, 0)", true },
  { "callerid_regex", "ex_cr_id", "SELECT * FROM ca_callerids WHERE ca_id = ? AND ca_te_id IN (?, 0)", true },
  { "music_on_hold", "ex_mu_id", "SELECT * FROM mu_musiconholds WHERE mu_id = ? AND mu_te_id IN (?, 0)", true },
}

local RULES = "SELECT r.* FROM ca_calleridrules r "
  .. "JOIN ca_callerids ON ca_id = cx_ca_id AND ca_te_id IN (?, 0) WHERE cx_ca_id = ? ORDER BY cx_order"
local LOT = "SELECT * FROM pk_parkinglots WHERE pk_te_id = ? AND pk_name = ?"
local CONDITIONS = "SELECT * FROM co_conditions WHERE co_te_id = ? AND co_id IN (?, ?)"
local MEDIAFILES = "SELECT me_id, me_te_id, me_name, me_format, me_size, me_md5, me_description FROM me_mediafiles "
  .. "WHERE me_te_id IN (?, 0) AND me_id IN (?, ?, ?)"

-- The parts that hold nothing, by name.
local NONE = {}
for _, name in ipairs({ "sip_registrations", "callerid_regex_rules", "conditions", "mediafiles" }) do
  NONE[name] = { name = name }
end
for _, item in ipairs(LISTS) do NONE[item[1]] = { name = item[1] } end
for _, item in ipairs(SINGLES) do NONE[item[1]] = { name = item[1], one = true } end
NONE.parkinglot = { name = "parkinglot", one = true }

--- What of it there can be: `shown` of the object.
view.SHOWN = { related = { state = "row" }, sections = { tech_details = { items = "rows" } } }
for name, part in pairs(NONE) do view.SHOWN.related[name] = part.one and "row" or "rows" end
for _, decl in ipairs(technology.CHILDREN) do view.SHOWN.sections.tech_details[decl.name] = "row" end

-- Of `params` or, where nothing is to be asked, nothing.
local function list(add, name, text, params)
  if params then return add:query(name, text, params, NONE[name].one) end
  add:none(NONE[name])
  return true
end

--- `related` of the object.
function view.related(_, row, add)
  local phone, tenant = peer.name(row.ex_number, row.tenant_code), row.ex_te_id
  local values = { id = row.ex_id, lamp = "Custom:" .. phone, peer = phone, number = row.ex_number }
  local there, err = store.row(PROBE, values)
  if not there then return nil, err end
  values.member = "Local/AG-%-" .. row.ex_id .. "@fromotherpbx/n"
  add:row("state", row.st_state and { st_extension = phone, st_state = row.st_state,
    st_timestamp = row.st_timestamp, st_peername = row.st_peername } or nil)
  local ok
  for _, item in ipairs(LISTS) do
    ok, err = list(add, item[1], item[2], there[item[1]] ~= 0 and { values[item[3]] })
    if not ok then return nil, err end
  end
  ok, err = list(add, "sip_registrations", REGISTRATIONS, row.ex_tech == "SIP" and { phone })
  if not ok then return nil, err end
  for _, item in ipairs(SINGLES) do
    local id = row[item[2]] or 0
    ok, err = list(add, item[1], item[3], id ~= 0 and { id, item[4] and tenant })
    if not ok then return nil, err end
  end
  local rules, lot = row.ex_cr_id or 0, row.ex_parkinglot or ""
  ok, err = list(add, "callerid_regex_rules", RULES, rules ~= 0 and { tenant, rules })
  if not ok then return nil, err end
  ok, err = list(add, "parkinglot", LOT, lot ~= "" and { tenant, lot })
  if not ok then return nil, err end
  local first, second = row.ex_oncondition_id, row.ex_fmfmonconditionid
  ok, err = list(add, "conditions", CONDITIONS, (first or second) and { tenant, first or 0, second or 0 })
  if not ok then return nil, err end
  local blocked, confirm = row.ex_dn_me_id, row.ex_fmfmconfirmmessage_id
  return list(add, "mediafiles", MEDIAFILES, (blocked or confirm) and { tenant, blocked or 0, confirm or 0,
    row.ex_fmfmholdmessage_id or 0 })
end

return view
