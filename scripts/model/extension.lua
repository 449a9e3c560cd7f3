-- Extensions: the row, what Asterisk reads to let a phone register, groups, lamp and destinations.
local change_log = require "engine.log"
local child = require "engine.part"
local columns = require "engine.column"
local crypto = require "crypto"
local destination = require "engine.destination"
local json = require "json"
local numbering = require "model.numbering"
local object = require "engine.object"
local peer = require "model.peer"
local presence = require "model.presence"
require "model.lookup"
local sql = require "engine.sql"
local store = require "store"
local voicemail = require "model.voicemail"

local TECHNOLOGIES = { "PJSIP", "SIP", "CUSTOM", "VIRTUAL" }
local KNOWN = { PJSIP = true, SIP = true, CUSTOM = true, VIRTUAL = true }
local PHONES = { PJSIP = true, SIP = true }

local function is(tech)
  return function(row) return row.ex_tech == tech end
end

-- Asterisk names everything of an extension after its number and its tenant.
local function peer_name(row, tenant) return peer.name(row.ex_number, tenant.code) end

local function own_id(row) return row.ex_id end

local function caller_id(row)
  local name = (row.ex_name or ""):gsub('[%c"<>\\]', "")
  return name == "" and row.ex_number or ('"%s" <%s>'):format(name, row.ex_number)
end

local function mailbox(row, tenant)
  local box = row.ex_mailbox
  if sql.is_null(box) or box == "" then box = row.ex_number end
  return box:find("@", 1, true) and box or box .. "@" .. tenant.code
end

-- Numbers of groups are the tenant's own; a named group of Asterisk is shared by all tenants.
local function named_groups(text, tenant)
  if sql.is_null(text) or text == "" then return json.null end
  local names = {}
  for group in text:gmatch("[^,%s]+") do names[#names + 1] = tenant.code .. "-" .. group end
  return table.concat(names, ",")
end

local function endpoint(row, tenant)
  local id = peer_name(row, tenant)
  local webrtc = row.ex_webrtcsupport == "on" or row.ex_webrtcsupport == "yes"
  return {
    aors = id, auth = id, context = "authenticated", disallow = "all", allow = "alaw,ulaw",
    direct_media = "no", rtp_symmetric = "yes", force_rport = "yes", rewrite_contact = "yes",
    dtmf_mode = "rfc4733", identify_by = "username", callerid = caller_id(row),
    mailboxes = mailbox(row, tenant), accountcode = tenant.code, set_var = "TENANT=" .. tenant.code,
    named_call_group = named_groups(row.ex_callgroup, tenant),
    named_pickup_group = named_groups(row.ex_pickupgroup, tenant),
    webrtc = webrtc and "yes" or json.null,
  }
end

local function sip_peer(row, tenant)
  local name = peer_name(row, tenant)
  return {
    defaultuser = name, host = "dynamic", type = "friend", context = "authenticated",
    disallow = "all", allow = "alaw,ulaw", directmedia = "no", nat = "force_rport,comedia",
    dtmfmode = "rfc2833", qualify = "yes", callcounter = "yes", callerid = caller_id(row),
    mailbox = mailbox(row, tenant), accountcode = tenant.code, setvar = "TENANT=" .. tenant.code,
    subscribemwi = "no",
  }
end

local CODEC_LIST = { pattern = "[%w!,;:_. -]*" }

-- Rules of columns that are alike.
local function bordered(by_border, more)
  for name, names in pairs(by_border) do
    for column in names:gmatch("%S+") do more[column] = { border = name } end
  end
  return more
end

local CHILDREN = {
  {
    name = "endpoint", section = "tech_details", table = "ps_endpoints", key = "id", one = true,
    when = is("PJSIP"), of = peer_name, make = endpoint, flat = true,
    names = { "ps_endpoints", "endpoint" }, aliases = { mailbox = "mailboxes" },
    columns = bordered({
      own = "aors auth context accountcode set_var named_call_group named_pickup_group",
      boxes = "mailboxes incoming_mwi_mailbox",
      none = "outbound_auth call_group pickup_group message_context subscribe_context overlap_context "
        .. "tenantid dtls_cert_file dtls_private_key dtls_ca_file dtls_ca_path",
    }, { allow = CODEC_LIST, disallow = CODEC_LIST }),
  },
  {
    name = "aor", section = "tech_details", table = "ps_aors", key = "id", one = true,
    when = is("PJSIP"), of = peer_name, flat = true, names = { "ps_aors", "aor" },
    make = function()
      return { max_contacts = "10", remove_existing = "yes", qualify_frequency = "60",
        default_expiration = "3600", minimum_expiration = "30" }
    end,
    columns = {
      mailboxes = { border = "boxes" },
    },
  },
  {
    name = "auth", section = "tech_details", table = "ps_auths", key = "id", one = true,
    when = is("PJSIP"), of = peer_name, flat = true, names = { "ps_auths", "auth" },
    secrets = { "password", "md5_cred", "oauth_secret", "refresh_token", "password_digest" },
    make = function(row, tenant)
      return { auth_type = "userpass", username = peer_name(row, tenant) }
    end,
    columns = {
      password = { max = 80, pattern = "[^%c]+" }, username = { max = 40, pattern = "[%w._@+-]+" },
    },
  },
  {
    name = "sip", section = "tech_details", table = "sipfriends", key = "name", id = "id", one = true,
    when = is("SIP"), of = peer_name, make = sip_peer, flat = true, names = { "sipfriends", "sip" },
    secrets = { "secret", "md5secret", "remotesecret" },
    columns = bordered({
      own = "context accountcode setvar", boxes = "mailbox",
      none = "callgroup pickupgroup regexten auth callbackextension",
    }, { secret = { max = 40, pattern = "[^%c]+" }, allow = CODEC_LIST, disallow = CODEC_LIST }),
  },
  {
    name = "customextension", section = "tech_details", table = "ce_customextensions",
    key = "ce_ex_id", id = "ce_id", tenant = "ce_te_id", one = true, when = is("CUSTOM"), flat = true,
    of = own_id,
    prefix = "ce_", names = { "ce_customextensions", "customextension" },
    make = function(row) return { ce_name = row.ex_name } end,
    columns = bordered({ dial = "ce_dialstring ce_hint" }, {}),
  },
  {
    name = "virtualextension", section = "tech_details", table = "ve_virtualextensions",
    key = "ve_ex_id", id = "ve_id", tenant = "ve_te_id", one = true, when = is("VIRTUAL"),
    of = own_id,
    flat = true, prefix = "ve_", names = { "ve_virtualextensions", "virtualextension" },
    secrets = { "ve_securitypin" },
    make = function(row) return { ve_name = row.ex_name } end,
    columns = bordered({ boxes = "ve_mailbox" }, {}),
  },
}

-- The tech name of a field a body may use for the password and the user name, by technology.
local function technology_fields(fields, tech)
  if tech == "SIP" then
    fields.secret = fields.secret or fields.password
    fields.password = nil
    if fields.username or fields.sipusername then
      fields.defaultuser = fields.username or fields.sipusername
    end
    fields.username, fields.sipusername = nil, nil
  elseif tech == "PJSIP" then
    fields.password = fields.password or fields.secret
    fields.secret = nil
    fields.username = fields.username or fields.sipusername
    fields.sipusername = nil
  else
    fields.password, fields.secret, fields.username, fields.sipusername = nil, nil, nil, nil
  end
end

-- Groups as the rows of a get answer come back as their numbers; the rest is checked with the column.
local function group_list(value)
  if type(value) ~= "table" then return value end
  local parts = {}
  for i, item in ipairs(value) do
    parts[i] = type(item) == "table" and (item.cg_value or item.pg_value) or item
  end
  return #parts > 0 and parts or value
end

-- The technology a body names; null and "" name none.
local function named_tech(fields)
  for _, value in ipairs({ fields.tech or "", fields.ex_tech or "" }) do
    if value ~= "" and value ~= json.null then return value end
  end
end

local function normalize(_, fields, row)
  local asked = named_tech(fields)
  local tech = row and row.ex_tech or asked or "PJSIP"
  if type(tech) ~= "string" then
    return nil, { code = "invalid", reason = "invalid_field", field = "tech", message = "tech: not text" }
  end
  tech = tech:upper()
  if not KNOWN[tech] then
    return nil, { code = "invalid", reason = "invalid_field", field = fields.tech and "tech" or "ex_tech",
      message = "tech: must be one of " .. table.concat(TECHNOLOGIES, ", ") }
  end
  if row and asked and tostring(asked):upper() ~= row.ex_tech then
    return nil, { code = "invalid", reason = "technology_change_not_supported", field = "tech",
      status = 409,
      message = "Changing the extension technology is not supported. Delete and create the extension." }
  end
  fields.tech, fields.ex_tech = nil, tech
  technology_fields(fields, tech)
  for _, name in ipairs({ "ex_callgroup", "callgroups", "ex_pickupgroup", "pickupgroups" }) do
    fields[name] = group_list(fields[name])
  end
  if not row and PHONES[tech] then
    local name = tech == "SIP" and "secret" or "password"
    local nested = fields.ps_auths or fields.sipfriends
    local given = type(nested) == "table" and (nested.password or nested.secret)
    -- A phone without a password could be anybody's.
    if not given and (fields[name] == nil or fields[name] == "" or fields[name] == json.null) then
      fields[name] = crypto.random(12)
    end
  end
  return true
end

local function check_limit(tx, change)
  local limit, err = tx:value("SELECT te_maxextensions FROM te_tenants WHERE te_id = ?",
    { change.tenant_id })
  if err then return nil, err end
  limit = tonumber(limit)
  if not limit or limit < 0 then return true end
  local count
  count, err = tx:value("SELECT count(*) FROM ex_extensions WHERE ex_te_id = ?", { change.tenant_id })
  if err then return nil, err end
  if count < limit then return true end
  return nil, { code = "denied", reason = "license_limit",
    message = ("The tenant has its %d extensions."):format(limit) }
end

local function wants_mailbox(body)
  for _, items in pairs(body.destinations) do
    for _, item in ipairs(items) do
      if destination.is_bare(item.type) then return true end
    end
  end
  return false
end

-- At most `max` characters of a text.
local function cut(text, max)
  local ends = 0
  for place in text:gmatch("()[^\128-\191][\128-\191]*") do
    max = max - 1
    if max < 0 then return text:sub(1, place - 1) end
    ends = place
  end
  return ends > 0 and text or ""
end

-- A mailbox of the extension's own number, made when it is missing.
local function along(_, sent, row)
  if not wants_mailbox(sent) then return {} end
  local function value(name)
    local given = sent.values[name]
    if given == nil and row then given = row[name] end
    return not sql.is_null(given) and given ~= "" and given or nil
  end
  local number, email = value("ex_number"), value("ex_email")
  if not number then return {} end
  return { { voicemail, "create", {
    mailbox = number, password = number:find("^[%d*#-]+$") and number or nil,
    fullname = cut(value("ex_name") or number, 80), email = email and #email <= 80 and email or nil,
  }, unless = { mailbox = number } } }
end

local function before(tx, change)
  if change.action == "delete" then return true end
  local values = change.values
  local creating = change.action == "create"
  change.touched = change.fields.virtual_items ~= nil or change.fields.realextensions ~= nil
  if creating and not sql.is_null(values.ex_number) and values.ex_number ~= "" then
    local ok, err = check_limit(tx, change)
    if not ok then return nil, err end
    values.ex_datecreation = values.ex_datecreation or change_log.now()
    if PHONES[values.ex_tech] then
      values.ex_tech_id = peer.name(values.ex_number, change.tenant.code)
    end
    if sql.is_null(values.ex_name) then values.ex_name = values.ex_number end
  end
  local login = values.ex_webpassword
  -- Kept as its digest, as for users; a digest is what a get answer shows.
  if type(login) == "string" and login ~= "" and not (#login == 64 and login:find("^%x+$")) then
    values.ex_webpassword = crypto.sha256(login)
  end
  local number = values.ex_number
  if number and number ~= json.null and not (change.before and change.before.ex_number == number) then
    local taken, err = tx:value("SELECT ex_id FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?",
      { change.tenant_id, number })
    if err then return nil, err end
    if taken and taken ~= change.id then
      return nil, { code = "conflict", reason = "extension_exists", field = "number",
        message = "Extension " .. number .. " already exists." }
    end
    if change.before and PHONES[change.before.ex_tech] then
      values.ex_tech_id = peer.name(number, change.tenant.code)
    end
  end
  return true
end

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

-- What else is named after the number goes with it.
local function renamed(tx, change)
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

local function removed_rows(tx, change)
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
    { "DELETE FROM pd_phonebookdetails WHERE pd_pe_id IN (SELECT kc_pe_id FROM ks_contacts WHERE kc_ex_id = ?)",
      { change.id } },
    { "DELETE FROM pe_phonebookentries WHERE pe_id IN (SELECT kc_pe_id FROM ks_contacts WHERE kc_ex_id = ?)",
      { change.id } },
    { "DELETE FROM ks_contacts WHERE kc_ex_id = ?", { change.id } },
    { "DELETE FROM ps_contacts WHERE endpoint = ?", { name } },
  }) do
    local done, err = tx:exec(statement[1], statement[2])
    if not done then return nil, err end
  end
  return true
end

local function after(tx, change)
  if change.action == "delete" then return true end
  local ok, err
  if change.action == "create" then
    ok, err = tx:exec("INSERT INTO st_states (st_extension, st_state, st_timestamp, st_peername) "
      .. "SELECT ?, 'UNAVAILABLE', ?, ? WHERE NOT EXISTS (SELECT 1 FROM st_states WHERE st_extension = ?)",
      { peer_name(change.row, change.tenant), change_log.now(),
        change.row.ex_tech .. "/" .. peer_name(change.row, change.tenant),
        peer_name(change.row, change.tenant) })
    if not ok then return nil, err end
    if not PHONES[change.row.ex_tech] then
      local own = change.row.ex_tech == "CUSTOM" and "SELECT ce_id FROM ce_customextensions WHERE ce_ex_id = ?"
        or "SELECT ve_id FROM ve_virtualextensions WHERE ve_ex_id = ?"
      local tech_id
      tech_id, err = tx:value(own, { change.id })
      if err then return nil, err end
      change.row.ex_tech_id = tostring(tech_id)
      ok, err = tx:exec("UPDATE ex_extensions SET ex_tech_id = ? WHERE ex_id = ?",
        { change.row.ex_tech_id, change.id })
      if not ok then return nil, err end
    end
  else
    ok, err = renamed(tx, change)
    if not ok then return nil, err end
  end
  if change.values.ex_callgroup ~= nil then
    ok, err = replace_groups(tx, change, "cg_callgroups", "cg", change.values.ex_callgroup)
    if not ok then return nil, err end
  end
  if change.values.ex_pickupgroup ~= nil then
    ok, err = replace_groups(tx, change, "pg_pickupgroups", "pg", change.values.ex_pickupgroup)
    if not ok then return nil, err end
  end
  return replace_items(tx, change)
end

-- What Asterisk keeps under the name goes with it, or goes over to the new one.
local function committed(change)
  local row, old = change.row, change.before
  if change.action == "delete" then
    return presence.forget(peer_name(row, change.tenant), row.ex_dnd == "on")
  end
  if not old or old.ex_number == row.ex_number then return true end
  local ok, err = presence.forget(peer_name(old, change.tenant), row.ex_dnd == "on")
  if ok and row.ex_dnd == "on" then ok, err = presence.disturb(peer_name(row, change.tenant), true) end
  return ok, err
end

-- By technology: one SELECT of all its rows, and the name each column has in it.
local tech_selects = {}

local function tech_select(tech, decls)
  if tech_selects[tech] then return tech_selects[tech] end
  local made = { names = {} }
  local shown, joins = {}, {}
  for i, decl in ipairs(decls) do
    local described, err = columns.of(decl.table)
    if not described then return nil, err end
    made.names[i] = {}
    for _, column in ipairs(described.list) do
      local name = ("r%d_%s"):format(i, column.name)
      made.names[i][column.name] = name
      shown[#shown + 1] = ("r%d.%s AS %s"):format(i, sql.name(column.name), sql.name(name))
    end
    joins[i] = (" LEFT JOIN %s r%d ON r%d.%s = ?"):format(sql.name(decl.table), i, i, sql.name(decl.key))
  end
  made.text = "SELECT " .. table.concat(shown, ", ") .. " FROM ex_extensions o" .. table.concat(joins)
    .. " WHERE o.ex_id = ?"
  tech_selects[tech] = made
  return made
end

-- A tech row without its empty columns: 147 nulls tell nobody anything.
local function tech_row(decl, names, found, row, secrets)
  if found[names[decl.key]] == nil then return false end
  local out = {}
  for column, name in pairs(names) do
    local value = found[name]
    if value ~= nil and (secrets or not decl.secret_set[column]) then out[column] = tostring(value) end
  end
  if decl.name == "endpoint" then
    out.tech_id, out.te_id = tostring(row.ex_tech_id), tostring(row.ex_te_id)
  end
  return json.object(out)
end

local function sections(ctx, row, tenant)
  local decls, params = {}, {}
  for _, decl in ipairs(CHILDREN) do
    if child.applies(decl, row) then
      decls[#decls + 1] = decl
      params[#params + 1] = decl.of(row, tenant)
    end
  end
  params[#params + 1] = row.ex_id
  local select, failed = tech_select(row.ex_tech, decls)
  if not select then return nil, failed end
  local found
  found, failed = store.row(select.text, params)
  if not found then return nil, failed end
  local details = {}
  for i, decl in ipairs(decls) do details[decl.name] = tech_row(decl, select.names[i], found, row, ctx.secrets) end
  local text = ',"tech_details":' .. json.encode(json.object(details))
  if row.ex_tech ~= "VIRTUAL" then return text end
  local rows, err = store.query("SELECT vi_id, vi_te_id, vi_ve_id, vi_ex_id, vi_order, ex_number, ex_name "
    .. "FROM ve_virtualextensions JOIN vi_virtualextensionitems ON vi_ve_id = ve_id "
    .. "JOIN ex_extensions ON ex_id = vi_ex_id WHERE ve_ex_id = ? ORDER BY vi_order", { row.ex_id })
  if not rows then return nil, err end
  return text:sub(1, -2) .. ',"items":' .. store.encode(rows, { format = "json", text = true }) .. "}"
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

local function related(_, row, add)
  local phone = peer.name(row.ex_number, row.tenant_code)
  local values = { id = row.ex_id, lamp = "Custom:" .. phone, peer = phone, number = row.ex_number }
  local there, err = store.row(PROBE, values)
  if not there then return nil, err end
  values.member = "Local/AG-%-" .. row.ex_id .. "@fromotherpbx/n"
  -- The list, or without asking an empty one.
  local function list(name, wanted, text, params)
    if wanted then return add.query(name, text, params) end
    add.raw(name, "[]")
    return true
  end
  add.value("state", row.st_state and json.ordered("st_extension", phone, "st_state", row.st_state,
    "st_timestamp", row.st_timestamp, "st_peername", row.st_peername) or false)
  local ok
  for _, item in ipairs(LISTS) do
    local wanted = there[item[1]] ~= 0
    ok, err = list(item[1], wanted, item[2], wanted and { values[item[3]] })
    if not ok then return nil, err end
  end
  ok, err = list("sip_registrations", row.ex_tech == "SIP", REGISTRATIONS, { phone })
  if not ok then return nil, err end
  for _, item in ipairs(SINGLES) do
    local id = row[item[2]]
    if sql.is_null(id) or id == 0 then
      add.raw(item[1], "false")
    else
      ok, err = add.query(item[1], item[3], { id, item[4] and row.ex_te_id }, true)
      if not ok then return nil, err end
    end
  end
  ok, err = list("callerid_regex_rules", (row.ex_cr_id or 0) ~= 0, "SELECT r.* FROM ca_calleridrules r "
    .. "JOIN ca_callerids ON ca_id = cx_ca_id AND ca_te_id IN (?, 0) WHERE cx_ca_id = ? ORDER BY cx_order",
    { row.ex_te_id, row.ex_cr_id or 0 })
  if not ok then return nil, err end
  local lot = row.ex_parkinglot
  if lot and lot ~= "" then
    ok, err = add.query("parkinglot", "SELECT * FROM pk_parkinglots WHERE pk_te_id = ? AND pk_name = ?",
      { row.ex_te_id, lot }, true)
    if not ok then return nil, err end
  else
    add.raw("parkinglot", "false")
  end
  ok, err = list("conditions", row.ex_oncondition_id or row.ex_fmfmonconditionid,
    "SELECT * FROM co_conditions WHERE co_te_id = ? AND co_id IN (?, ?)",
    { row.ex_te_id, row.ex_oncondition_id or 0, row.ex_fmfmonconditionid or 0 })
  if not ok then return nil, err end
  return list("mediafiles", row.ex_dn_me_id or row.ex_fmfmconfirmmessage_id,
    "SELECT me_id, me_te_id, me_name, me_format, me_size, me_md5, me_description FROM me_mediafiles "
    .. "WHERE me_te_id IN (?, 0) AND me_id IN (?, ?, ?)",
    { row.ex_te_id, row.ex_dn_me_id or 0, row.ex_fmfmconfirmmessage_id or 0, row.ex_fmfmholdmessage_id or 0 })
end

local extension = object {
  name = "extension", summary = "A phone, or what stands in for one, with its number.",
  table = "ex_extensions", id = "ex_id", tenant = "ex_te_id", label = "ex_name",
  required = { "ex_number" },
  example = { number = "210", name = "API Demo", tech = "PJSIP", password = "change-this-secret" },
  number_column = "ex_number",
  tags = { "EXT", "SMS" },
  named_by = {
    { name = "provisioningphone", table = "pn_phonelines JOIN ph_phones ON ph_id = pn_ph_id",
      id = "ph_id", label = "ph_name", columns = { "pn_ex_id" } },
  },
  columns = {
    ex_number = { pattern = "[%w*#_+.]+", max = 40 }, ex_email = { max = 255 },
    ex_tech = { enum = TECHNOLOGIES, upper = true },
    ex_callgroup = { list = true, pattern = "[%w,_ ]*" },
    ex_pickupgroup = { list = true, pattern = "[%w,_ ]*" },
    ex_mailbox = { pattern = "[%w@._-]*", border = "boxes" },
    ex_dnd = { enum = { "on", "" } },
    ex_callallowed = { enum = { "", "all", "internal", "none" } },
  },
  references = {
    routingprofile = { "ex_rp_id", "ex_sms_rp_id" }, userprofile = { "ex_up_id" },
    clientrate = { "ex_cl_id" }, callerid = { "ex_cr_id" }, musiconhold = { "ex_mu_id" },
    condition = { "ex_oncondition_id", "ex_fmfmonconditionid" },
    mediafile = { "ex_fmfmconfirmmessage_id", "ex_fmfmholdmessage_id", "ex_dn_me_id" },
  },
  readonly = { "ex_tech_id" },
  aliases = {
    number = "ex_number", name = "ex_name", tech = "ex_tech", mailbox = "ex_mailbox",
    email = "ex_email", callgroups = "ex_callgroup", pickupgroups = "ex_pickupgroup",
  },
  secrets = {
    "ex_webpassword", "ex_token", "ex_2fa_param1", "ex_2fa_param2", "ex_2fa_param3", "ex_lockpin",
  },
  destinations = {
    ["EXT-UNCONDITIONAL"] = { "unconditional" },
    ["EXT-NOANSWER"] = { "onnoanswer", "noanswer", "no_answer" },
    ["EXT-BUSY"] = { "onbusy", "busy" },
    ["EXT-OFFLINE"] = { "onoffline", "offline" },
    ["EXT-ONCONDITION"] = { "oncondition", "condition" },
    ["EXT-DIALBYNAME"] = { "dialbyname", "dial_by_name" },
    ["EXT-ONLYALLOWCALL"] = { "onlyallowcall", "only_allow_call" },
    ["EXT-DONOTCALL"] = { "donotcall", "do_not_call" },
  },
  list_columns = {
    { "ex_id", "id" }, { "ex_number", "number" }, { "ex_name", "name" }, { "ex_tech", "tech" },
  },
  joins = "JOIN te_tenants t ON t.te_id = o.ex_te_id "
    .. "LEFT JOIN st_states s ON s.st_extension = " .. peer.sql("o.ex_number", "t.te_code") .. " "
    .. "LEFT JOIN ps_auths a ON a.id = o.ex_tech_id "
    .. "LEFT JOIN sipfriends f ON f.name = o.ex_tech_id",
  extras = {
    { sql = "t.te_code", name = "tenant_code" }, { sql = "t.te_name", name = "tenant_name" },
    { sql = "o.ex_number", name = "number" }, { sql = "o.ex_tech", name = "tech" },
    { sql = "coalesce(a.username, f.defaultuser, f.name)", name = "username" },
    { sql = "s.st_state", name = "state" }, { sql = "s.st_state", name = "st_state" },
    { sql = "s.st_timestamp", name = "st_timestamp" }, { sql = "s.st_peername", name = "st_peername" },
    { sql = "coalesce(a.password, f.secret)", name = "password", secret = true },
  },
  children = CHILDREN,
  annexes = {
    { name = "mk_employees", key = "me_ex_id", columns = { me_manualattributes = { multiline = true } } },
    { name = "ks_users", key = "ku_ex_id" },
  },
  body = {
    password = { type = "string", description = "SIP secret or PJSIP password; made when left out." },
    username = { type = "string", description = "Name the phone authenticates with." },
    realextensions = { type = "array", items = { type = "integer", minimum = 1 },
      description = "Ids of the extensions a VIRTUAL extension rings." },
  },
  normalize = normalize, along = along, before = before, after = after, committed = committed,
  sections = sections, related = related,
}

-- delete must take the side rows while the technology row is still there.
local plain_before = extension.before
function extension.before(tx, change)
  if change.action == "delete" then return removed_rows(tx, change) end
  return plain_before(tx, change)
end
numbering.plan(extension, "ex_number", "EXT")

--- An extension of the tenant by its number.
function extension.by_number(ctx, number)
  return extension.find(ctx, { ex_number = number })
end

--- NUMBER-TENANT: the name of the peer, its lamp and its state.
function extension.peer(row) return peer.name(row.ex_number, row.tenant_code) end

--- What to dial to ring this extension alone.
function extension.device(row)
  if PHONES[row.ex_tech] then return row.ex_tech .. "/" .. extension.peer(row) end
  return ("Local/AG-000-NF-%d@fromotherpbx/n"):format(row.ex_id)
end

--- Several extensions by id, as a map.
function extension.by_ids(ctx, ids)
  local found = {}
  if #ids == 0 then return found end
  local rows, err = extension.rows(ctx, { where = { ex_id = ids }, full = true })
  if not rows then return nil, err end
  for row in rows:each() do found[row.ex_id] = row end
  return found
end

--- How many extensions a tenant may have; nil without an error when there is no limit.
function extension.limit(ctx)
  local limit, err = store.value("SELECT te_maxextensions FROM te_tenants WHERE te_id = ?", { ctx.tenant.id })
  if err then return nil, err end
  limit = tonumber(limit)
  return limit and limit >= 0 and limit or nil
end

return extension
