-- What Asterisk reads of a trunk of MikoPBX: its fields as columns of the rows of a provider.
local attributes = require "mikopbx.lib.attributes"
local json = require "json"
local provider = require "model.provider"
local sipaddress = require "lib.sipaddress"
local trunk_regex = require "mikopbx.lib.trunk_regex"

local trunk_parts = {}

-- "udp,tcp" leaves it to Asterisk.
local URI_TRANSPORTS = { udp = "udp", tcp = "tcp", tls = "tls" }

-- Whom Asterisk takes for this trunk by the address.
local function matches(it)
  local list, seen = {}, {}
  local function add(text)
    local address = sipaddress.network(text)
    if address and not seen[address] then
      seen[address] = true
      list[#list + 1] = address
    end
  end
  if it.host ~= "" then add(it.host) end
  for _, host in ipairs(it.additionalHosts) do add(host.address) end
  if it.outbound_proxy ~= "" then add(it.outbound_proxy) end
  return #list > 0 and table.concat(list, ",")
end

-- Who calls go out as: unless switched off, the user of the trunk.
local function from_user(it)
  if it.disablefromuser then return "" end
  return it.fromuser ~= "" and it.fromuser or it.username
end

local function proxy_of(it)
  if it.outbound_proxy == "" then return json.null end
  local host, port = sipaddress.parse(it.outbound_proxy)
  return sipaddress.uri { host = host, port = port } .. ";lr"
end

local HEADERS = { from = "From", rpid = "Remote-Party-ID", pai = "P-Asserted-Identity", to = "To", diversion = "Diversion" }

-- Where the dialplan finds who calls (cid) or what is called (did).
local function add_source(it, of, out)
  local source = it[of .. "_source"]
  local custom = source == "custom"
  local function column(name, value) out["ti_" .. of .. "_" .. name] = value and value ~= "" and value or json.null end
  column("header", custom and it[of .. "_custom_header"] or HEADERS[source])
  local regex = custom and it[of .. "_parser_regex"] or ""
  local before, body, behind = trunk_regex.split(regex)
  column("before", regex ~= "" and before)
  column("regex", regex ~= "" and body)
  column("behind", regex ~= "" and behind)
  column("start", custom and it[of .. "_parser_start"])
  column("end", custom and it[of .. "_parser_end"])
end

local function inbound_of(it)
  if it.cid_source == "default" and it.did_source == "default" then return false end
  local out = { ti_debug = it.cid_did_debug and "yes" or json.null }
  add_source(it, "cid", out)
  add_source(it, "did", out)
  return out
end

--- What Asterisk reads of the trunk, as the provider's model takes it: the columns that MikoPBX has words
--- for, by child. false: the trunk has no such row.
function trunk_parts.of(it)
  local outbound, inbound = it.registration_type == "outbound", it.registration_type == "inbound"
  local function address(user)
    return it.host ~= "" and sipaddress.uri { user = user, host = it.host, port = it.port, transport = URI_TRANSPORTS[it.transport] }
  end
  local function given(text) return text ~= "" and text or json.null end
  local proxy, match = proxy_of(it), matches(it)
  local found = {
    endpoint = {
      dtmf_mode = it.dtmfmode ~= "auto" and it.dtmfmode or "auto", rtp_symmetric = "yes", force_rport = "yes",
      rewrite_contact = "yes", from_user = given(from_user(it)), contact_user = given(it.fromuser),
      from_domain = it.fromdomain ~= "" and it.fromdomain or nil, outbound_proxy = proxy,
      deny = it.deny, permit = it.permit, auth = inbound and it.peer or json.null, outbound_auth = outbound and it.peer or json.null,
      identify_by = inbound and "username,ip,header" or "ip",
    },
    aor = {
      remove_existing = "yes", contact = not inbound and address() or json.null, outbound_proxy = proxy,
      qualify_frequency = it.qualify and tostring(it.qualifyfreq) or "0",
    },
    auth = { username = it.username, password = it.secret },
    identify = match and { match = match }, inbound = inbound_of(it),
    registration = outbound and {
      client_uri = address(it.username), server_uri = address(), outbound_proxy = proxy, contact_user = it.username,
    },
  }
  for name, columns in pairs(attributes.trunk(it.manualattributes) or {}) do
    if found[name] then
      for column, value in pairs(columns) do found[name][column] = value end
    end
  end
  return found
end

-- What a column is when nobody says otherwise.
local function made(it, name, column)
  local make = provider.child_by_name[name].make
  local value = make and make({ pr_peername = it.peer, pr_host = it.host })[column]
  return value == nil and json.null or value
end

--- The columns that differ between what a trunk was and what it is to be. The others may have been set through
--- another dialect.
function trunk_parts.changed(before, it)
  local old, out = before and trunk_parts.of(before) or {}, {}
  for name, values in pairs(trunk_parts.of(it)) do
    local was = old[name]
    if not values then
      out[name] = was ~= false and json.null or nil
    elseif not was then
      out[name] = values
    else
      local columns = {}
      for column, value in pairs(values) do
        if was[column] ~= value then columns[column] = value end
      end
      for column in pairs(was) do
        if values[column] == nil then columns[column] = made(it, name, column) end
      end
      if next(columns) then out[name] = columns end
    end
  end
  return out
end

return trunk_parts
