-- Providers: where calls leave and enter, with the rows Asterisk reads for a PJSIP trunk.
local json = require "json"
local node = require "model.node"
local object = require "engine.object"
require "model.lookup"
local sipaddress = require "lib.sipaddress"
local sipname = require "model.sipname"
local sql = require "engine.sql"

local function is_realtime_pjsip(row)
  return row.pr_tech == "PJSIP" and row.pr_userealtime == "on" and (row.pr_peername or "") ~= ""
end

local function peer_name(row) return row.pr_peername end

local function credential_fields(fields)
  local codecs = fields.codecs
  fields.codecs = nil
  if type(codecs) == "table" then
    local list = {}
    for i, codec in ipairs(codecs) do list[i] = tostring(codec) end
    codecs = table.concat(list, ",")
  end
  if codecs ~= nil and codecs ~= json.null then
    fields.ps_endpoints = fields.ps_endpoints or {}
    fields.ps_endpoints.disallow, fields.ps_endpoints.allow = "all", codecs
  end
end

-- A host may be written with its port.
local function host_of(row)
  local host = row.pr_host or ""
  if host == "" then return nil end
  return sipaddress.parse(host)
end

local function uri_of(row)
  local host, port = host_of(row)
  return host and sipaddress.uri { host = host, port = port }
end

local function normalize(_, fields, row)
  credential_fields(fields)
  if fields.qualifyfreq ~= nil and fields.qualify_frequency == nil then
    fields.qualify_frequency = fields.qualifyfreq
  end
  for _, name in ipairs({ "host", "pr_host" }) do
    local host = fields[name]
    if type(host) == "string" and host ~= "" and not sipaddress.parse(host) then
      return nil, { code = "invalid", reason = "invalid_field", field = name, message = name .. ": not a host: " .. host }
    end
  end
  if row then return true end
  if (fields.pr_tech or fields.tech) == nil then fields.pr_tech = "PJSIP" end
  if fields.pr_userealtime == nil and fields.realtime == nil and fields.use_realtime == nil then
    fields.pr_userealtime = "on"
  end
  return true
end

-- What Asterisk knows under a name: {registration, contact, identity}, true where there is one.
local function known(tx, name)
  local found, err = tx:row([[SELECT EXISTS (SELECT 1 FROM ps_registrations WHERE id = :name) AS registration,
    EXISTS (SELECT 1 FROM ps_aors WHERE id = :name AND contact <> '') AS contact,
    EXISTS (SELECT 1 FROM ps_endpoint_id_ips WHERE id = :name AND "match" <> '')
      OR EXISTS (SELECT 1 FROM ln_logins WHERE ln_endpoint = :name) AS identity]], { name = name })
  if not found then return nil, err end
  return { registration = found.registration == 1, contact = found.contact == 1, identity = found.identity == 1 }
end

-- A trunk must not take the name of a phone: names of phones end in a tenant's code.
local function check_name(tx, change, name)
  local tenant, err = tx:value("SELECT te_code FROM te_tenants WHERE ? LIKE '%-' || te_code", { name })
  if err then return nil, err end
  local taken
  taken, err = tx:value("SELECT pr_id FROM pr_providers WHERE pr_peername = ?", { name })
  if err then return nil, err end
  if not tenant and (not taken or taken == change.id) then return sipname.own(tx, name, "peername") end
  return nil, { code = "conflict", reason = "already_exists", field = "peername",
    message = "peername: already taken: " .. name }
end

local DISABLED = { on = true, yes = true, ["1"] = true }

local function before(tx, change)
  local old, values = change.before or change.action == "delete" and change.row, change.values
  local err
  if old and not sql.is_null(old.pr_peername) then
    change.known, err = known(tx, old.pr_peername)
    if not change.known then return nil, err end
  end
  if change.action == "delete" then
    if not change.known then return true end
    local done
    done, err = sipname.leave(tx, old.pr_peername)
    if not done then return nil, err end
    return tx:exec("DELETE FROM ps_contacts WHERE endpoint = ?", { old.pr_peername })
  end
  if change.action == "create" and (values.pr_peername == nil or values.pr_peername == "") then
    local plain = tostring(values.pr_name or ""):lower():gsub("[^%w]+", "_")
    values.pr_peername = "trunk_" .. plain
  end
  local name = values.pr_peername
  local renamed = type(name) == "string" and not (old and old.pr_peername == name)
  if change.known and (renamed or DISABLED[values.pr_disabled]) then
    local done
    done, err = sipname.leave(tx, old.pr_peername)
    if not done then return nil, err end
  end
  if not renamed then return true end
  return check_name(tx, change, name)
end

-- A registration says who registers, and who may call in answer to it. Where a trunk lets others register
-- here, they do so as its user.
local function after(tx, change)
  local row = change.row
  if change.action == "delete" or not is_realtime_pjsip(row) then return true end
  local name, back, err = row.pr_peername, true, nil
  if not DISABLED[row.pr_disabled] then back, err = tx:exec("DELETE FROM gn_gonenames WHERE gn_name = ?", { name }) end
  if not back then return nil, err end
  local it
  it, err = tx:row([[SELECT username, (SELECT auth FROM ps_endpoints WHERE ps_endpoints.id = ps_auths.id) AS asked
    FROM ps_auths WHERE id = ?]], { name })
  if err then return nil, err end
  local done
  done, err = sipname.keep(tx, name, it and not sql.is_null(it.asked) and it.asked ~= "" and it.username or nil, true)
  if not done then return nil, err end
  local host, port = host_of(row)
  if host and it and not sql.is_null(it.username) and it.username ~= "" then
    done, err = tx:exec("UPDATE ps_registrations SET client_uri = ? WHERE id = ? AND client_uri IS NULL",
      { sipaddress.uri { user = it.username, host = host, port = port }, name })
    if not done then return nil, err end
  end
  local lacking
  lacking, err = tx:value([[SELECT CASE WHEN server_uri IS NULL THEN 'server_uri' ELSE 'client_uri' END
    FROM ps_registrations WHERE id = ? AND (server_uri IS NULL OR client_uri IS NULL)]], { name })
  if err then return nil, err end
  if lacking then
    return nil, { code = "invalid", reason = "missing_required_field", field = "registration." .. lacking,
      message = "registration." .. lacking .. ": is required" }
  end
  change.known_now, err = known(tx, name)
  if not change.known_now then return nil, err end
  return true
end

-- Asterisk reads a trunk at each call. What it keeps besides it has to be told of: with whom to register, whom
-- to ask whether they are there, who is known by an address.
local function committed(change)
  local was, now = change.known or {}, change.known_now or {}
  if not (change.known or change.known_now) then return true end
  local name, old = change.row.pr_peername, change.before and change.before.pr_peername
  local ok, err = true, nil
  if was.contact or now.contact then ok, err = node.look_again(name) end
  if ok and was.contact and old and old ~= name then ok, err = node.look_again(old) end
  if ok and (was.identity or now.identity) then ok, err = node.identify_again() end
  if ok and (was.registration or now.registration) then ok, err = node.register_again() end
  if ok and was.registration and now.registration and change.body and change.body.children.auth then
    ok, err = node.register(name)
  end
  return ok, err
end

-- What the dialplan takes as it is.
local HEADER, MARK, REGEX = { pattern = "%a[%w-]*" }, { pattern = "[^%c,\"'\\${}()%[%]]*" }, { pattern = "[^%c\"\\]*" }

return object {
  name = "provider", summary = "Where calls leave and enter.",
  table = "pr_providers", id = "pr_id", label = "pr_name",
  unfollowed = require("model.unfollowed").pr_providers,
  required = { "pr_name" },
  example = { name = "Carrier", tech = "PJSIP", host = "192.0.2.1" },
  columns = {
    pr_tech = { enum = { "SIP", "PJSIP", "IAX2", "DAHDI", "LOCAL", "SMS" }, upper = true },
    pr_name = { max = 255 }, pr_peername = { pattern = "[%w_.-]+", max = 80 }, pr_host = { max = 255 },
  },
  named_by = {
    { name = "did", table = "mk_incomingroutes JOIN di_dids ON di_id = mi_di_id", id = "di_id", label = "di_number",
      columns = { "mi_pr_id" } },
  },
  references = { callerid = { "pr_ca_id", "pr_did_ca_id" } },
  aliases = {
    name = "pr_name", peername = "pr_peername", peer_name = "pr_peername", tech = "pr_tech",
    host = "pr_host", disabled = "pr_disabled", penalty = "pr_penalty",
    realtime = "pr_userealtime", use_realtime = "pr_userealtime", calleridmod_id = "pr_ca_id",
    callerid = "pr_callerid", calleridname = "pr_calleridname", did_mod_id = "pr_did_ca_id",
    max_out_channels = "pr_maxoutchannels", ignore_sip_cause = "pr_ignoresipcause",
    ignore_busy = "pr_ignorebusy", sms_protocol = "pr_smsprotocol", sms_url = "pr_smsurl",
    sms_user = "pr_smsuser", sms_password = "pr_smspassword", username = "auth.username",
    password = "auth.password", transport = "endpoint.transport",
    direct_media = "endpoint.direct_media", sendrpid = "endpoint.send_rpid",
  },
  secrets = { "pr_smspassword" },
  children = {
    {
      name = "endpoint", names = { "ps_endpoints", "endpoint" }, table = "ps_endpoints", key = "id",
      one = true, when = is_realtime_pjsip, of = peer_name,
      make = function(row)
        return { aors = row.pr_peername, outbound_auth = row.pr_peername, context = "fromoutside",
          disallow = "all", allow = "alaw,ulaw", direct_media = "no", identify_by = "ip",
          from_domain = host_of(row), rtp_ipv6 = sipaddress.is_v6(host_of(row) or "") and "yes" or nil }
      end,
    },
    {
      name = "aor", names = { "ps_aors", "aor" }, table = "ps_aors", key = "id", one = true, flat = true,
      when = is_realtime_pjsip, of = peer_name,
      make = function(row)
        return { contact = uri_of(row), qualify_frequency = "60",
          max_contacts = "1" }
      end,
    },
    {
      name = "auth", names = { "ps_auths", "auth" }, table = "ps_auths", key = "id", one = true,
      when = is_realtime_pjsip, of = peer_name,
      secrets = { "password", "md5_cred", "oauth_secret", "refresh_token", "password_digest" },
      make = function() return { auth_type = "userpass" } end,
    },
    {
      name = "identify", names = { "ps_endpoint_id_ips", "identify" }, table = "ps_endpoint_id_ips",
      key = "id", one = true, removable = true, when = is_realtime_pjsip, of = peer_name,
      make = function(row) return { endpoint = row.pr_peername, match = (host_of(row)) } end,
    },
    { -- where the trunk says who calls and what is called; the dialplan asks for it
      name = "inbound", table = "ti_trunkins", key = "ti_pr_id", one = true, removable = true, prefix = "ti_",
      columns = { ti_cid_header = HEADER, ti_did_header = HEADER, ti_cid_start = MARK, ti_cid_end = MARK,
        ti_did_start = MARK, ti_did_end = MARK, ti_cid_before = REGEX, ti_cid_regex = REGEX, ti_cid_behind = REGEX,
        ti_did_before = REGEX, ti_did_regex = REGEX, ti_did_behind = REGEX, ti_debug = { enum = { "yes", "" } } },
    },
    { -- only a trunk that registers with its provider has one
      name = "registration", names = { "ps_registrations", "registration" }, table = "ps_registrations",
      key = "id", one = true, removable = true, asked = true, when = is_realtime_pjsip, of = peer_name,
      make = function(row)
        return { server_uri = uri_of(row), endpoint = row.pr_peername, outbound_auth = row.pr_peername,
          retry_interval = "30", forbidden_retry_interval = "300", fatal_retry_interval = "300",
          auth_rejection_permanent = "no", max_retries = "1000000", max_random_initial_delay = "1" }
      end,
    },
  },
  annexes = {
    { name = "mk_providers", key = "mp_pr_id", columns = {
      mp_note = { multiline = true }, mp_manualattributes = { multiline = true },
    } },
  },
  normalize = normalize, before = before, after = after, committed = committed,
}
