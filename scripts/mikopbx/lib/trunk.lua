-- A SIP provider of MikoPBX: a provider row, what only MikoPBX knows of it, and what Asterisk
-- reads to reach it.
local change = require "engine.change"
local crypto = require "crypto"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local provider = require "model.provider"
local store = require "store"

local trunk = {}

local MASK = "XXXXXXXX"
local REGISTRATIONS = { "none", "outbound", "inbound" }
local TRANSPORTS = { "udp,tcp", "udp", "tcp", "tls" }
local DTMF = { "auto", "auto_info", "inband", "rfc4733", "info" }

local RULES = {
  description = { max = 255 },
  registration_type = { enum = REGISTRATIONS },
  host = { max = 255 },
  username = { max = 100 },
  secret = { max = 100 },
  port = { type = "integer", min = 1, most = 65535, default = 5060 },
  transport = { enum = TRANSPORTS, default = "udp,tcp" },
  note = { max = 500, default = "", lines = true },
  disabled = { type = "boolean", default = false },
  qualify = { type = "boolean", default = true },
  qualifyfreq = { type = "integer", min = 10, most = 3600, default = 60 },
  dtmfmode = { enum = DTMF, default = "auto" },
  fromuser = { max = 100, default = "" },
  fromdomain = { max = 255, default = "" },
  outbound_proxy = { max = 255, default = "" },
  manualattributes = { max = 4096, default = "", lines = true },
  disablefromuser = { type = "boolean", default = false },
  networkfilterid = { max = 20, default = "none" },
  cid_source = { enum = { "default", "from", "rpid", "pai", "custom" }, default = "default" },
  did_source = { enum = { "default", "to", "diversion", "custom" }, default = "default" },
  cid_custom_header = { max = 100, default = "" },
  did_custom_header = { max = 100, default = "" },
  cid_parser_start = { max = 50, default = "" }, cid_parser_end = { max = 50, default = "" },
  did_parser_start = { max = 50, default = "" }, did_parser_end = { max = 50, default = "" },
  cid_parser_regex = { max = 255, default = "" }, did_parser_regex = { max = 255, default = "" },
  cid_did_debug = { type = "boolean", default = false },
  additionalHosts = { type = "table", default = {} },
}
-- Kept as one JSON object: nothing asks for them one by one.
local OPTIONS = {
  "port", "transport", "qualify", "qualifyfreq", "dtmfmode", "fromuser", "fromdomain",
  "outbound_proxy", "disablefromuser", "cid_source", "did_source", "cid_custom_header",
  "did_custom_header", "cid_parser_start", "cid_parser_end", "did_parser_start",
  "did_parser_end", "cid_parser_regex", "did_parser_regex", "cid_did_debug",
}

---- checks

local function invalid(by_field)
  return nil, { code = "invalid", message = "validation failed", fields = by_field }
end

-- Hosts and names end up in SIP addresses of Asterisk's configuration.
local function check_record(it)
  local bad = {}
  if (it.description or "") == "" then bad.description = "Provider description is required" end
  if (it.registration_type or "") == "" then
    bad.registration_type = "Registration type is required"
  end
  local kind = it.registration_type
  if kind ~= "inbound" and (it.host or "") == "" then
    bad.host = "pr_ValidationProviderHostIsEmpty"
  elseif (it.host or "") ~= "" and not it.host:match("^[%w%.%-:%[%]_]+$") then
    bad.host = "pr_ValidationProviderHostIsEmpty: not a host"
  end
  if kind ~= "none" then
    if (it.username or "") == "" then bad.username = "pr_ValidationProviderLogin" end
    if (it.secret or "") == "" then bad.secret = "pr_ValidationProviderPasswordEmpty" end
  end
  if (it.username or "") ~= "" and not it.username:match("^[%w_%.%+%-]+$") then
    bad.username = "mo_SipUsernameInvalidCharacters"
  end
  if next(bad) then return invalid(bad) end
  return true
end

--- What a body may send, as a route declares it.
function trunk.body(required)
  local body = fields.declared(RULES, required)
  body.id = { pattern = "SIP%-[%w-]+", summary = "an id of one's own, at creation" }
  body.additionalHosts.document = { schema = { type = "array", items = { anyOf = { { type = "string" },
    { type = "object", properties = { address = { type = "string" } } } } } } }
  return body
end

--- Fields given in a request, cleaned. `creating` fills in the defaults.
function trunk.clean(values, creating)
  local cleaned, err = fields.clean(RULES, values, creating)
  if not cleaned then return nil, err end
  if cleaned.secret == MASK then cleaned.secret = nil end
  return cleaned
end

---- reading

local SELECT = [[SELECT pr_id, pr_name, pr_peername, pr_tech, pr_host, pr_disabled, mp_uniqid,
  mp_registration_type, mp_note, mp_networkfilterid, mp_manualattributes, mp_options, mp_hosts,
  username, "password", (SELECT 1 FROM ps_endpoints WHERE ps_endpoints.id = pr_peername) AS present
  FROM pr_providers LEFT JOIN mk_providers ON mp_pr_id = pr_id
  LEFT JOIN ps_auths ON ps_auths.id = pr_peername WHERE pr_tech IN ('SIP', 'PJSIP')]]

local function record(row)
  local it = json.decode(row.mp_options or "{}") or {}
  for name, rule in pairs(RULES) do
    if it[name] == nil then it[name] = rule.default end
  end
  it.pr_id, it.peer, it.present = row.pr_id, row.pr_peername or "", row.present == 1
  it.id = row.mp_uniqid or "SIP-" .. row.pr_id
  it.description, it.host = row.pr_name, row.pr_host or ""
  it.disabled = row.pr_disabled == "on"
  it.username, it.secret = row.username or "", row.password or ""
  it.registration_type = row.mp_registration_type or "none"
  it.note, it.networkfilterid = row.mp_note or "", row.mp_networkfilterid or "none"
  it.manualattributes = row.mp_manualattributes or ""
  it.additionalHosts = json.decode(row.mp_hosts or "[]") or {}
  return it
end

--- Ids and names of all providers by pr_id, with their endpoint: a call record may name a trunk to those
--- who may not list them.
function trunk.names()
  local rows, err = store.query("SELECT pr_id, pr_name, pr_peername, pr_disabled, mp_uniqid FROM pr_providers "
    .. "LEFT JOIN mk_providers ON mp_pr_id = pr_id")
  if not rows then return nil, err end
  local named = {}
  for row in rows:each() do
    named[row.pr_id] = { id = row.mp_uniqid or "SIP-" .. row.pr_id, name = row.pr_name,
      peer = row.pr_peername, disabled = row.pr_disabled == "on", pr_id = row.pr_id }
  end
  return named
end

--- The same by id.
function trunk.by_id()
  local named, err = trunk.names()
  if not named then return nil, err end
  local found = {}
  for _, it in pairs(named) do found[it.id] = it end
  return found
end

--- A function that names the provider a channel belongs to by its id, "" for none.
function trunk.accounts()
  local named, err = trunk.names()
  if not named then return nil, err end
  local by_peer = {}
  for _, it in pairs(named) do
    if it.peer then by_peer[it.peer] = it.id end
  end
  return function(channel)
    local peer = (channel or ""):match("^%w+/(.+)%-%x+$")
    return peer and by_peer[peer] or ""
  end
end

local function denied()
  return nil, {
    code = "denied",
    message = "Access denied. You do not have permission to access this resource.",
  }
end

--- All providers. They belong to the whole host, so a tenant's key has no business here.
function trunk.list(ctx)
  if not ctx.key.global then return denied() end
  local rows, err = store.query(SELECT .. " ORDER BY mp_note, pr_id")
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do list[#list + 1] = record(row) end
  return list
end

--- One provider; nil without an error when there is none.
function trunk.find(ctx, id)
  if not ctx.key.global then return denied() end
  local row, err = store.row(SELECT .. " AND (mp_uniqid = ? OR ? = 'SIP-' || pr_id)", { id, id })
  if err then return nil, err end
  return row and record(row)
end

local function flag(value) return value == true end

--- The detail as the API shows it. An outbound password is never shown.
function trunk.detail(ctx, it)
  local hosts = json.array({})
  for i, host in ipairs(it.additionalHosts) do
    hosts[i] = json.ordered("id", tostring(i), "address", tostring(host.address or host))
  end
  local secret = it.secret or ""
  if it.registration_type == "outbound" or not ctx.secrets then
    secret = secret ~= "" and MASK or ""
  end
  return {
    id = it.id, type = "SIP", description = it.description, note = it.note,
    disabled = it.disabled, username = it.username or "", secret = secret, host = it.host or "",
    port = it.port, transport = it.transport, qualify = flag(it.qualify),
    qualifyfreq = it.qualifyfreq, registration_type = it.registration_type,
    networkfilterid = it.networkfilterid, networkfilter_represent = '<i class="globe icon"></i>',
    manualattributes = it.manualattributes, dtmfmode = it.dtmfmode, fromuser = it.fromuser,
    fromdomain = it.fromdomain, outbound_proxy = it.outbound_proxy,
    disablefromuser = flag(it.disablefromuser), cid_source = it.cid_source,
    cid_custom_header = it.cid_custom_header, cid_parser_start = it.cid_parser_start,
    cid_parser_end = it.cid_parser_end, cid_parser_regex = it.cid_parser_regex,
    did_source = it.did_source, did_custom_header = it.did_custom_header,
    did_parser_start = it.did_parser_start, did_parser_end = it.did_parser_end,
    did_parser_regex = it.did_parser_regex, cid_did_debug = flag(it.cid_did_debug),
    additionalHosts = hosts,
  }
end

function trunk.default()
  local it = { id = "SIP-TRUNK-" .. crypto.random(4):upper(), description = "", host = "",
    username = "", secret = "", registration_type = "outbound" }
  for name, rule in pairs(RULES) do
    if it[name] == nil then it[name] = rule.default end
  end
  it.transport = "udp"
  return it
end

---- writing

-- What Asterisk reads of the trunk, as the provider's model takes it: the columns that MikoPBX has words
-- for, by child. false: the trunk has no such row.
local function parts(it)
  local outbound, inbound = it.registration_type == "outbound", it.registration_type == "inbound"
  local address = ("sip:%s:%d"):format(it.host, it.port)
  local function given(text) return text ~= "" and text or json.null end
  return {
    endpoint = {
      dtmf_mode = it.dtmfmode ~= "auto" and it.dtmfmode or json.null,
      from_user = given(it.fromuser), from_domain = given(it.fromdomain),
      outbound_proxy = given(it.outbound_proxy), auth = inbound and it.peer or json.null,
      outbound_auth = outbound and it.peer or json.null,
      identify_by = inbound and "username,ip" or "ip",
    },
    aor = {
      remove_existing = "yes", contact = not inbound and address or json.null,
      qualify_frequency = it.qualify and tostring(it.qualifyfreq) or "0",
    },
    auth = { username = it.username, password = it.secret },
    identify = not inbound and { match = it.host },
    registration = outbound and {
      client_uri = ("sip:%s@%s"):format(it.username, it.host), server_uri = address,
      outbound_auth = it.peer, endpoint = it.peer, retry_interval = "60", contact_user = it.username,
    },
  }
end

-- Those columns that a change of the trunk changes. The others may have been set through another dialect.
local function changed(old, new)
  local out = {}
  for name, values in pairs(new) do
    local before = old[name]
    if not values then
      out[name] = json.null
    elseif not before then
      out[name] = values
    else
      for column, value in pairs(values) do
        if before[column] ~= value then
          out[name] = out[name] or {}
          out[name][column] = value
        end
      end
    end
  end
  return out
end

local function provider_fields(it, rows)
  local out = {
    pr_name = it.description, pr_peername = it.peer, pr_tech = "PJSIP", pr_host = it.host,
    pr_disabled = it.disabled and "on" or "", pr_userealtime = "on",
  }
  for name, values in pairs(rows) do out[name] = values end
  return out
end

-- What only MikoPBX knows of it.
local function own(it)
  local options = {}
  for _, name in ipairs(OPTIONS) do options[name] = it[name] end
  return { mk_providers = {
    mp_uniqid = it.id, mp_registration_type = it.registration_type, mp_note = it.note,
    mp_networkfilterid = it.networkfilterid, mp_manualattributes = it.manualattributes,
    mp_options = json.encode(options), mp_hosts = json.encode(json.array(it.additionalHosts)),
  } }
end

-- The model's names of what this API calls otherwise.
local NAMES = { name = "description", pr_name = "description", host = "host", pr_host = "host",
  peername = "id", pr_peername = "id", disabled = "disabled" }

local function not_saved(err)
  if err.field and NAMES[err.field] then
    local name = NAMES[err.field]
    local problem = err.message:gsub("^[%w_]+:%s*", "")
    return nil, { code = err.code, message = name .. ": " .. problem, fields = { [name] = problem } }
  end
  return nil, err
end

--- Creates a provider from cleaned fields. `id` may be given (migration).
function trunk.create(ctx, it, id)
  if not ctx.key.global then return denied() end
  local ok, err = check_record(it)
  if not ok then return nil, err end
  if id and not id:match("^SIP%-[%w-]+$") then
    return invalid({ id = "not an id of a SIP provider" })
  end
  it.id = id or "SIP-TRUNK-" .. crypto.random(4):upper()
  it.peer = it.id
  local done
  done, err = change.run(ctx, { { provider, "create", provider_fields(it, changed({}, parts(it))), annexes = own(it) } })
  if not done then return not_saved(err) end
  it.pr_id = done[1].pr_id
  return it
end

function trunk.update(ctx, it, changes)
  local before = parts(it)
  for name, value in pairs(changes) do it[name] = value end
  local ok, err = check_record(it)
  if not ok then return nil, err end
  local wanted = provider_fields(it, changed(it.present and before or {}, parts(it)))
  local done
  done, err = change.run(ctx, { { provider, "update", it.pr_id, wanted, annexes = own(it) } })
  if not done then return not_saved(err) end
  return it
end

function trunk.delete(ctx, it) return provider.delete(ctx, it.pr_id) end

return trunk
