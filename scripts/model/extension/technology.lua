-- What stands behind an extension, by its technology: the rows of a phone of PJSIP or SIP, what a custom one
-- dials, the phones that a virtual one stands for.
local json = require "json"
local peer = require "model.peer"
local sql = require "engine.sql"

local technology = {}

--- As messages list them.
technology.NAMES = { "PJSIP", "SIP", "CUSTOM", "VIRTUAL" }
technology.KNOWN = { PJSIP = true, SIP = true, CUSTOM = true, VIRTUAL = true }
--- Those that register themselves.
technology.PHONES = { PJSIP = true, SIP = true }

local function is(tech)
  return function(row) return row.ex_tech == tech end
end

--- Asterisk names everything of an extension after its number and its tenant.
function technology.peer_name(row, tenant) return peer.name(row.ex_number, tenant.code) end
local peer_name = technology.peer_name

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

-- Rules of columns that are alike.
local function bordered(by_border, more)
  for name, names in pairs(by_border) do
    for column in names:gmatch("%S+") do more[column] = { border = name } end
  end
  return more
end

--- The rows, as an object declares its children.
technology.CHILDREN = {
  {
    name = "endpoint", section = "tech_details", table = "ps_endpoints", key = "id", one = true,
    when = is("PJSIP"), of = peer_name, make = endpoint, flat = true,
    names = { "ps_endpoints", "endpoint" }, aliases = { mailbox = "mailboxes" },
    columns = bordered({
      own = "aors auth context accountcode set_var named_call_group named_pickup_group",
      boxes = "mailboxes incoming_mwi_mailbox",
      none = "outbound_auth call_group pickup_group message_context subscribe_context overlap_context "
        .. "tenantid dtls_cert_file dtls_private_key dtls_ca_file dtls_ca_path",
    }, {}),
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
    }, { secret = { max = 40, pattern = "[^%c]+" } }),
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

--- Names the password and the user name of a body as the technology does.
function technology.name_fields(fields, tech)
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

return technology
