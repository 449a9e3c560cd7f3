-- A SIP provider of MikoPBX: a provider row, what only MikoPBX knows of it, and what Asterisk
-- reads to reach it.
local change = require "engine.change"
local crypto = require "crypto"
local did = require "model.did"
local json = require "json"
local networkfilter = require "model.networkfilter"
local merged = require("lib.value").merged
local provider = require "model.provider"
local route = require "model.route"
local sipaddress = require "lib.sipaddress"
local store = require "store"
local trunk_parts = require "mikopbx.lib.trunk_parts"
local trunk_rules = require "mikopbx.lib.trunk_rules"

local trunk = { clean = trunk_rules.clean, body = trunk_rules.body }

---- reading

local SELECT = [[SELECT pr_id, pr_name, pr_peername, pr_tech, pr_host, pr_disabled, mp_uniqid,
  mp_registration_type, mp_note, mp_networkfilterid, mp_manualattributes, mp_options, mp_hosts,
  username, "password", (SELECT 1 FROM ps_endpoints WHERE ps_endpoints.id = pr_peername) AS present
  FROM pr_providers LEFT JOIN mk_providers ON mp_pr_id = pr_id
  LEFT JOIN ps_auths ON ps_auths.id = pr_peername WHERE pr_tech IN ('SIP', 'PJSIP')]]

local function record(row)
  local it = json.decode(row.mp_options or "{}") or {}
  it.pr_id, it.peer, it.present = row.pr_id, row.pr_peername or "", row.present == 1
  it.id = row.mp_uniqid or "SIP-" .. row.pr_id
  local host, port = sipaddress.parse(row.pr_host or "")
  it.description, it.host, it.port = row.pr_name, host or row.pr_host or "", it.port or port
  it.disabled = row.pr_disabled == "on"
  it.username, it.secret = row.username or "", row.password or ""
  it.registration_type = row.mp_registration_type or "none"
  it.note, it.networkfilterid = row.mp_note or "", row.mp_networkfilterid or "none"
  it.manualattributes = row.mp_manualattributes or ""
  it.additionalHosts = json.decode(row.mp_hosts or "[]") or {}
  return trunk_rules.complete(it)
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
    hosts[i] = json.ordered("id", tostring(i), "address", host.address)
  end
  local secret = it.secret or ""
  if it.registration_type == "outbound" or not ctx.secrets then
    secret = secret ~= "" and trunk_rules.MASK or ""
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
  local it = trunk_rules.complete { id = "SIP-TRUNK-" .. crypto.random(4):upper(), registration_type = "outbound" }
  it.transport = "udp"
  return it
end

---- writing

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
  for _, name in ipairs(trunk_rules.OPTIONS) do options[name] = it[name] end
  return { mk_providers = {
    mp_uniqid = it.id, mp_registration_type = it.registration_type, mp_note = it.note,
    mp_networkfilterid = it.networkfilterid, mp_manualattributes = it.manualattributes,
    mp_options = json.encode(options), mp_hosts = json.encode(json.array(it.additionalHosts)),
  } }
end

-- The model's names of what this API calls otherwise.
local NAMES = { name = "description", pr_name = "description", host = "host", pr_host = "host",
  peername = "id", pr_peername = "id", disabled = "disabled", username = "username", password = "secret",
  match = "additionalHosts", contact = "host", from_user = "fromuser", from_domain = "fromdomain",
  client_uri = "username", server_uri = "host", outbound_proxy = "outbound_proxy" }
local ROWS = { endpoint = true, aor = true, auth = true, identify = true, registration = true, inbound = true }

local function not_saved(err)
  local row, column = (err.field or ""):match("^(%w+)%.([%w_]+)$")
  local name = NAMES[column or err.field or ""] or row and ROWS[row] and "manualattributes"
  if not name then return nil, err end
  local problem = err.message:gsub("^[%w_.]+:%s*", "")
  if name == "manualattributes" then problem = column .. ": " .. problem end
  return nil, { code = err.code, message = name .. ": " .. problem, fields = { [name] = problem } }
end

local function invalid(by_field)
  return nil, { code = "invalid", message = "validation failed", fields = by_field }
end

-- What the endpoint of a trunk is told of the filter that a request names.
local function filtered(ctx, it, name)
  if not name then return true end
  it.deny, it.permit = json.null, json.null
  if name == "none" or name == "" then return true end
  local filter, err = networkfilter.named(ctx, name)
  if not filter and err.code == "not_found" then return invalid({ networkfilterid = err.message }) end
  if not filter then return nil, err end
  it.deny, it.permit = networkfilter.columns_of(filter)
  return true
end

--- Creates a provider from cleaned fields. `id` may be given (migration).
function trunk.create(ctx, it, id)
  if not ctx.key.global then return denied() end
  local ok, err = trunk_rules.check(trunk_rules.complete(it))
  if not ok then return nil, err end
  if id and not id:match("^SIP%-[%w-]+$") then
    return invalid({ id = "not an id of a SIP provider" })
  end
  ok, err = filtered(ctx, it, it.networkfilterid)
  if not ok then return nil, err end
  it.id = id or "SIP-TRUNK-" .. crypto.random(4):upper()
  it.peer = it.id
  local done
  done, err = change.run(ctx, { { provider, "create", provider_fields(it, trunk_parts.changed(nil, it)), annexes = own(it) } })
  if not done then return not_saved(err) end
  it.pr_id = done[1].pr_id
  return it
end

function trunk.update(ctx, it, changes)
  local before = {}
  for name, value in pairs(it) do before[name] = value end
  for name, value in pairs(changes) do it[name] = value end
  local ok, err = trunk_rules.check(it)
  if ok then ok, err = filtered(ctx, it, changes.networkfilterid) end
  if not ok then return nil, err end
  local wanted = provider_fields(it, trunk_parts.changed(it.present and before or nil, it))
  local done
  done, err = change.run(ctx, { { provider, "update", it.pr_id, wanted, annexes = own(it) } })
  if not done then return not_saved(err) end
  return it
end

-- Routes that go with a trunk at once; with more of them it is in use.
local MOST_ROUTES = 1000

--- Deletes a provider and, as the original does, the routes that use it, whoever's they are: all or nothing.
function trunk.delete(ctx, it)
  local steps = {}
  for _, kind in ipairs({ { route, "SELECT dl_id AS id FROM dl_dialingrules WHERE dl_pr_id = ?" },
    { did, "SELECT mi_di_id AS id FROM mk_incomingroutes WHERE mi_pr_id = ?" } }) do
    local rows, err = store.query(kind[2] .. " ORDER BY 1 LIMIT " .. MOST_ROUTES, { it.pr_id })
    if not rows then return nil, err end
    for row in rows:each() do steps[#steps + 1] = { kind[1], "delete", row.id } end
  end
  steps[#steps + 1] = { provider, "delete", it.pr_id }
  -- Providers belong to the whole host, and so do their routes.
  local wide = merged(ctx)
  wide.tenant = nil
  return change.run(wide, steps)
end

return trunk
