-- "Additional SIP parameters" of a phone: ini text whose lines become columns of its endpoint and AOR.
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

return attributes
