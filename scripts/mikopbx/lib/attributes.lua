-- "Additional SIP parameters" of a phone or a trunk: ini text whose lines become columns of what Asterisk reads.
local columns = require "engine.column"
local json = require "json"

local attributes = {}

-- What a line may set, and what the phone has without it. The others are the tenant's border, belong to
-- fields of their own, or break the endpoint.
local DEFAULTS = {
  direct_media = "no", rtp_symmetric = "yes", force_rport = "yes", rewrite_contact = "yes",
  disallow = "all", allow = "alaw,ulaw", max_contacts = "10", remove_existing = "yes",
  qualify_frequency = "60", default_expiration = "3600",
}
for name in ([[ice_support timers timers_min_se timers_sess_expires 100rel media_encryption
  media_encryption_optimistic rtp_timeout rtp_timeout_hold rtp_keepalive t38_udptl t38_udptl_ec
  t38_udptl_nat t38_udptl_maxdatagram fax_detect send_pai send_rpid trust_id_inbound trust_id_outbound
  inband_progress language tone_zone device_state_busy_at max_audio_streams max_video_streams use_ptime
  allow_transfer rtcp_mux bundle user_eq_phone moh_suggest one_touch_recording rtp_ipv6
  minimum_expiration maximum_expiration qualify_timeout remove_unavailable]]):gmatch("%S+") do
  DEFAULTS[name] = DEFAULTS[name] or json.null
end

local SECTIONS = { endpoint = true, aor = true }

local function read_line(line, found)
  line = line:match("^%s*(.-)%s*$")
  if line == "" or line:match("^[;#]") then return true end
  local section = line:match("^%[(.-)%]$")
  if section then
    if SECTIONS[section] then return true end
    return nil, "no section of a phone: [" .. section .. "]"
  end
  local name, value = line:match("^([%w_]+)%s*=>?%s*(.-)$")
  if not name then return nil, "not name=value: " .. line:sub(1, 40) end
  if not DEFAULTS[name] then return nil, "cannot be set here: " .. name end
  found[name] = value
  return true
end

--- The columns that a text sets, or nil and what is wrong with it.
function attributes.read(text)
  local found = {}
  for line in (text or ""):gmatch("[^\r\n]+") do
    local ok, problem = read_line(line, found)
    if not ok then return nil, problem end
  end
  return found
end

--- The columns of a new text where an old one stood: what only the old one set goes back.
function attributes.change(before, text)
  local found = attributes.read(text) or {}
  for name in pairs(attributes.read(before) or {}) do
    if found[name] == nil then found[name] = DEFAULTS[name] end
  end
  return found
end

---- trunks

-- By section: the table, and what has a field of its own, holds the rows together or leads calls elsewhere.
local TRUNK = {
  endpoint = { "ps_endpoints", [[id aors auth outbound_auth context from_user from_domain outbound_proxy dtmf_mode
    identify_by accountcode set_var tenantid message_context subscribe_context overlap_context]] },
  aor = { "ps_aors", "id contact outbound_proxy qualify_frequency" },
  identify = { "ps_endpoint_id_ips", "id endpoint match" },
  registration = { "ps_registrations", "id endpoint outbound_auth client_uri server_uri outbound_proxy line" },
}
for _, section in pairs(TRUNK) do
  local own = {}
  for name in section[2]:gmatch("%S+") do own[name] = true end
  section[2] = own
end

local function read_trunk_line(line, section, found)
  local name, value = line:match("^([%w_]+)%s*=>?%s*(.-)$")
  if not name then return nil, "not name=value: " .. line:sub(1, 40) end
  local described, err = columns.of(TRUNK[section][1])
  if not described then return nil, err.message end
  if TRUNK[section][2][name] or not described.by_name[name] then return nil, "cannot be set here: " .. name end
  found[section] = found[section] or {}
  found[section][name] = value
  return true
end

--- The columns that a trunk's text sets, by section; nil and what is wrong with it. Lines before the first section
--- are the endpoint's.
function attributes.trunk(text)
  local found, section = {}, "endpoint"
  for line in (text or ""):gmatch("[^\r\n]+") do
    line = line:match("^%s*(.-)%s*$")
    local begun = line:match("^%[(.-)%]$")
    if begun and not TRUNK[begun] then return nil, "no section of a trunk: [" .. begun .. "]" end
    section = begun or section
    if not begun and line ~= "" and not line:match("^[;#]") then
      local ok, problem = read_trunk_line(line, section, found)
      if not ok then return nil, problem end
    end
  end
  return found
end

return attributes
