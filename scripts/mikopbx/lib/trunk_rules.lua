-- The fields of a trunk of MikoPBX: what they may hold, alone and together.
local attributes = require "mikopbx.lib.attributes"
local fields = require "mikopbx.lib.fields"
local sipaddress = require "lib.sipaddress"
local trunk_regex = require "mikopbx.lib.trunk_regex"

local trunk_rules = {}

local MASK, MOST_HOSTS = "XXXXXXXX", 100
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

local USER = "^[%w_.+-]+$"

-- What a text between which a number stands may be made of: the dialplan takes it as it is.
local function is_mark(text) return not text:find("[%c,\"'\\${}()%[%]]") end

local function check_hosts(it, bad)
  if it.host ~= "" and not sipaddress.parse(it.host) then
    bad.host = "pr_ValidationProviderHostIsEmpty: not a host: " .. it.host
  elseif it.host == "" and it.registration_type ~= "inbound" then
    bad.host = "pr_ValidationProviderHostIsEmpty"
  end
  if #it.additionalHosts > MOST_HOSTS then bad.additionalHosts = ("at most %d"):format(MOST_HOSTS) end
  for _, host in ipairs(it.additionalHosts) do
    if not sipaddress.network(host.address) then bad.additionalHosts = "not an address or network: " .. host.address end
  end
  if it.outbound_proxy ~= "" and not sipaddress.parse(it.outbound_proxy) then bad.outbound_proxy = "not a host" end
  if it.fromdomain ~= "" and not sipaddress.parse(it.fromdomain) then bad.fromdomain = "not a host" end
end

local function check_who(it, bad)
  if it.registration_type ~= "none" then
    if it.username == "" then bad.username = "pr_ValidationProviderLogin" end
    if it.secret == "" then bad.secret = "pr_ValidationProviderPasswordEmpty" end
  end
  if it.username ~= "" and not it.username:match(USER)
      or it.registration_type == "inbound" and it.username:find("+", 1, true) then
    bad.username = "mo_SipUsernameInvalidCharacters"
  end
  if it.fromuser ~= "" and not it.fromuser:match(USER) then bad.fromuser = "mo_SipUsernameInvalidCharacters" end
end

local function check_source(it, of, bad)
  local header = of .. "_custom_header"
  if it[of .. "_source"] == "custom" and it[header] == "" then bad[header] = "is required" end
  if it[header] ~= "" and not it[header]:match("^%a[%w-]*$") then bad[header] = "not the name of a header" end
  local regex = of .. "_parser_regex"
  local found, problem = trunk_regex.split(it[regex])
  if not found then bad[regex] = problem end
  for _, name in ipairs({ of .. "_parser_start", of .. "_parser_end" }) do
    if not is_mark(it[name]) then bad[name] = "cannot hold quotes, brackets, commas, $ or a backslash" end
  end
end

--- Whether a whole trunk can be kept. Hosts and names end up in SIP addresses of Asterisk's configuration.
function trunk_rules.check(it)
  local bad = {}
  if it.description == "" then bad.description = "Provider description is required" end
  if it.registration_type == "" then bad.registration_type = "Registration type is required" end
  check_hosts(it, bad)
  check_who(it, bad)
  check_source(it, "cid", bad)
  check_source(it, "did", bad)
  local _, problem = attributes.trunk(it.manualattributes)
  bad.manualattributes = problem
  if next(bad) then return invalid(bad) end
  return true
end

--- What a body may send, as a route declares it.
function trunk_rules.body(required)
  local body = fields.declared(RULES, required)
  body.id = { pattern = "SIP%-[%w-]+", summary = "an id of one's own, at creation" }
  body.additionalHosts.document = { schema = { type = "array", items = { anyOf = { { type = "string" },
    { type = "object", properties = { address = { type = "string" } } } } } } }
  return body
end

-- As texts or objects; kept as objects.
local function hosts_of(list)
  local out = {}
  for i, item in ipairs(list) do
    local address = type(item) == "table" and item.address or item
    if type(address) ~= "string" then return invalid({ additionalHosts = "must be a list of addresses" }) end
    out[i] = { address = address:match("^%s*(.-)%s*$") }
  end
  return out
end

--- Fields given in a request, cleaned. `creating` fills in the defaults.
function trunk_rules.clean(values, creating)
  local cleaned, err = fields.clean(RULES, values, creating)
  if not cleaned then return nil, err end
  if cleaned.secret == MASK then cleaned.secret = nil end
  if cleaned.additionalHosts then
    cleaned.additionalHosts, err = hosts_of(cleaned.additionalHosts)
    if not cleaned.additionalHosts then return nil, err end
  end
  -- "sip5.example.net:5080" names a port as well, and [2001:db8::9] is 2001:db8::9.
  local host, port = sipaddress.parse(cleaned.host or "")
  if host then
    if port and values.port and cleaned.port ~= port then return invalid({ host = "names another port than port" }) end
    cleaned.host, cleaned.port = host, port or cleaned.port
  end
  return cleaned
end

--- A trunk that lacks nothing.
function trunk_rules.complete(it)
  for name, rule in pairs(RULES) do
    if it[name] == nil then it[name] = rule.default == nil and "" or rule.default end
  end
  return it
end

trunk_rules.OPTIONS, trunk_rules.MASK = OPTIONS, MASK
return trunk_rules
