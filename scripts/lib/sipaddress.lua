-- SIP hosts as people write them: a name, an IPv4 or IPv6 address (in brackets or not), with a port or without.
local sipaddress = {}

local function is_v4(text)
  local parts = { text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$") }
  for _, part in ipairs(parts) do
    if tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

--- Whether a text is an IPv6 address, without brackets.
function sipaddress.is_v6(text)
  if not text:find(":", 1, true) or text:find(":::", 1, true) then return false end
  local tail = text:match(":(%d+%.[%d.]+)$")
  if tail then
    if not is_v4(tail) then return false end
    text = text:sub(1, -#tail - 1) .. "0:0"
  end
  local shortened, ends = text:gsub("::", "::")
  if ends > 1 or text ~= shortened then return false end
  if text:find("^:[^:]") or text:find("[^:]:$") then return false end
  local groups = 0
  for group in text:gmatch("[^:]+") do
    if not group:find("^%x%x?%x?%x?$") then return false end
    groups = groups + 1
  end
  return ends == 1 and groups < 8 or groups == 8
end

local function is_name(text)
  if #text > 253 or text:find("^[%d.]+$") then return is_v4(text) end
  for label in (text .. "."):gmatch("([^.]*)%.") do
    if #label > 63 or not label:find("^[%w_][%w_-]*$") or label:find("%-$") then return false end
  end
  return true
end

--- Host (IPv6 without brackets) and port of a text; nil when it is no address.
function sipaddress.parse(text)
  if sipaddress.is_v6(text) then return text end
  local host, port = text:match("^%[(.*)%]$"), nil
  if not host then host, port = text:match("^%[(.*)%]:(%d+)$") end
  if host then
    if not sipaddress.is_v6(host) then return nil end
  else
    host, port = text:match("^([^:]+):(%d+)$")
    host = host or text
    if host:find(":", 1, true) or not is_name(host) then return nil end
  end
  port = port and tonumber(port)
  if port and (port < 1 or port > 65535) then return nil end
  return host, port
end

--- An address or a network as an access list of Asterisk takes it; nil when it is neither.
function sipaddress.network(text)
  local address, bits = text:match("^(.-)/(%d+)$")
  if not address then
    local host = sipaddress.parse(text)
    return host
  end
  local most = is_v4(address) and 32 or sipaddress.is_v6(address) and 128
  return most and tonumber(bits) <= most and text or nil
end

--- `sip:user@host:port;transport=...` of parts: {user, host, port, transport}. All but the host may be nil.
function sipaddress.uri(it)
  return "sip:" .. (it.user and it.user .. "@" or "") .. (it.host:find(":", 1, true) and "[" .. it.host .. "]" or it.host)
    .. (it.port and ":" .. it.port or "") .. (it.transport and ";transport=" .. it.transport or "")
end

return sipaddress
