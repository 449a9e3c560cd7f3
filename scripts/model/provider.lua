-- Providers: where calls leave and enter, with the rows Asterisk reads for a PJSIP trunk.
local json = require "json"
local object = require "engine.object"
require "model.lookup"

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

local function normalize(_, fields, row)
  credential_fields(fields)
  if fields.qualifyfreq ~= nil and fields.qualify_frequency == nil then
    fields.qualify_frequency = fields.qualifyfreq
  end
  if row then return true end
  if (fields.pr_tech or fields.tech) == nil then fields.pr_tech = "PJSIP" end
  if fields.pr_userealtime == nil and fields.realtime == nil and fields.use_realtime == nil then
    fields.pr_userealtime = "on"
  end
  return true
end

-- A trunk must not take the name of a phone: names of phones end in a tenant's code.
local function before(tx, change)
  if change.action == "delete" then
    return tx:exec("DELETE FROM ps_contacts WHERE endpoint = ?", { change.row.pr_peername or "" })
  end
  local values = change.values
  if change.action == "create" and (values.pr_peername == nil or values.pr_peername == "") then
    local plain = tostring(values.pr_name or ""):lower():gsub("[^%w]+", "_")
    values.pr_peername = "trunk_" .. plain
  end
  local name = values.pr_peername
  if type(name) ~= "string" or change.before and change.before.pr_peername == name then return true end
  local tenant, err = tx:value("SELECT te_code FROM te_tenants WHERE ? LIKE '%-' || te_code", { name })
  if err then return nil, err end
  local taken
  taken, err = tx:value("SELECT pr_id FROM pr_providers WHERE pr_peername = ?", { name })
  if err then return nil, err end
  if not tenant and (not taken or taken == change.id) then return true end
  return nil, { code = "conflict", reason = "already_exists", field = "peername",
    message = "peername: already taken: " .. name }
end

local function host_of(row)
  local host = row.pr_host or ""
  return host ~= "" and host or nil
end

return object {
  name = "provider", summary = "Where calls leave and enter.",
  table = "pr_providers", id = "pr_id", label = "pr_name",
  required = { "pr_name" },
  example = { name = "Carrier", tech = "PJSIP", host = "192.0.2.1" },
  columns = {
    pr_tech = { enum = { "SIP", "PJSIP", "IAX2", "DAHDI", "LOCAL", "SMS" }, upper = true },
    pr_name = { max = 255 }, pr_peername = { pattern = "[%w_.-]+", max = 80 }, pr_host = { pattern = "[%w_.:%[%]-]*" },
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
          from_domain = host_of(row) }
      end,
    },
    {
      name = "aor", names = { "ps_aors", "aor" }, table = "ps_aors", key = "id", one = true, flat = true,
      when = is_realtime_pjsip, of = peer_name,
      make = function(row)
        return { contact = host_of(row) and "sip:" .. row.pr_host, qualify_frequency = "60",
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
      make = function(row) return { endpoint = row.pr_peername, match = host_of(row) } end,
    },
    { -- only a trunk that registers with its provider has one
      name = "registration", names = { "ps_registrations", "registration" }, table = "ps_registrations",
      key = "id", one = true, removable = true, when = is_realtime_pjsip, of = peer_name,
    },
  },
  annexes = {
    { name = "mk_providers", key = "mp_pr_id", columns = {
      mp_note = { multiline = true }, mp_manualattributes = { multiline = true },
    } },
  },
  normalize = normalize, before = before,
}
