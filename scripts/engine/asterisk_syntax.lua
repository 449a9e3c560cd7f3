-- The texts that Asterisk parses further: lists of codecs, addresses, SIP addresses. Each function says what is
-- wrong with a value, or nothing.
local sipaddress = require "lib.sipaddress"

local syntax = {}

local CODECS = {}
for name in ([[all g723 ulaw alaw gsm g726 g726aal2 adpcm slin slin12 slin16 slin24 slin32 slin44 slin48 slin96 slin192
  lpc10 g729 speex speex16 speex32 ilbc g722 siren7 siren14 testlaw g719 opus jpeg png h261 h263 h263p h264 h265 mpeg4
  vp8 vp9 red t140 silk8 silk12 silk16 silk24 codec2]]):gmatch("%S+") do CODECS[name] = true end

local function each(text, separators, wrong)
  for part in text:gmatch("[^" .. separators .. "]+") do
    local item = part:match("^%s*(.-)%s*$")
    if item ~= "" and wrong(item) then return "not valid: " .. item:sub(1, 40) end
  end
end

--- Codecs, each with its framing behind a colon, or ! before it. The original's `;` separates as well.
function syntax.codecs(text)
  return each(text, ",;", function(item)
    local name, framing = item:match("^!?([%w]+):?(%d*)$")
    return not name or not CODECS[name:lower()] or framing == "" and item:find(":", 1, true)
  end)
end

-- Of numbers, not a name.
local function is_address(text)
  local host, port = sipaddress.parse(text)
  return host ~= nil and not port and (host:find(":", 1, true) ~= nil or host:find("^[%d.]+$") ~= nil)
end

local function is_network(text)
  if not text:find("/", 1, true) then return is_address(text) end
  if sipaddress.network(text) then return true end
  local address, mask = text:match("^([%d.]+)/([%d.]+)$") -- 10.0.0.0/255.0.0.0
  return address ~= nil and mask:find(".", 1, true) ~= nil and is_address(address) and is_address(mask)
end

--- Networks of an access list, ! before those that are not.
function syntax.networks(text)
  return each(text, ",", function(item)
    local plain = item:gsub("^!", "")
    return not (is_address((plain:gsub("/.*$", ""))) and is_network(plain))
  end)
end

--- Names, addresses and networks that calls come from.
function syntax.sources(text)
  return each(text, ",", function(item)
    local host, port = sipaddress.parse(item)
    return not (is_network(item) or host and not port) or item:sub(1, 1) == "["
  end)
end

--- An address of this machine or of a router before it.
function syntax.host(text)
  local host, port = sipaddress.parse(text)
  if host and not port and text:sub(1, 1) ~= "[" then return nil end
  return "not valid: " .. text:sub(1, 40)
end

--- SIP addresses, separated by commas where several may be.
function syntax.uris(text)
  return each(text, ",", function(item)
    local place = item:match("^<?sips?:[^@<>%s]+@([^;?<>%s]+)[^<>%s]*>?$") or item:match("^<?sips?:([^;?<>@%s]+)[^<>%s]*>?$")
    return not (place and sipaddress.parse(place))
  end)
end

local TOS = {}
for name in ([[cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef lowdelay
  throughput reliability mincost none]]):gmatch("%S+") do TOS[name] = true end

--- A type of service: its name or its number.
function syntax.tos(text)
  local number = tonumber(text)
  if TOS[text:lower()] or number and number >= 0 and number <= 255 and number % 1 == 0 then return nil end
  return "not valid: " .. text:sub(1, 40)
end

--- NAME=value.
function syntax.assignment(text)
  if not text:find("^[%w_()]+=") then return "must be NAME=value" end
end

--- One word, or several with commas, out of a list.
function syntax.words(list)
  local known = {}
  for name in list:gmatch("%S+") do known[name] = true end
  return function(text) return each(text, ",", function(item) return not known[item:lower()] end) end
end

--- How offers and answers take codecs: prefer, operation, keep and transcode, each once at most.
function syntax.codec_preference(text)
  local PARTS = { prefer = "pending configured", operation = "union intersect only_preferred only_nonpreferred",
    keep = "all first", transcode = "allow prevent" }
  return each(text, ",", function(item)
    local name, value = item:match("^(%a+)%s*:%s*([%a_]+)$")
    return not (name and PARTS[name] and (" " .. PARTS[name] .. " "):find(" " .. value .. " ", 1, true))
  end)
end

--- A whole number that is at least so much.
function syntax.least(low)
  return function(text)
    if tonumber(text) and tonumber(text) < low then return ("must be at least %d"):format(low) end
  end
end

return syntax
