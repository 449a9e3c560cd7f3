-- The envelope of the MikoPBX dialects. A reply (lib/reply.lua) may say of it: messages (table of lists), reload,
-- failed.
local crypto = require "crypto"
local json = require "json"
local time = require "time"

local mikopbx = {}

local function php(value) return json.encode(value, { php = true }) end

local function timestamp()
  local now = time.now()
  local zone = time.format("%z", now)
  return time.format("%Y-%m-%dT%H:%M:%S", now) .. zone:sub(1, 3) .. ":" .. zone:sub(4, 5)
end

--- Adds `meta` to the text of an object. Returns the body and the E-Tag.
function mikopbx.with_meta(text)
  local now = timestamp()
  local meta = php(json.ordered("timestamp", now, "hash", crypto.sha1(now .. text)))
  local joint = text == "{}" and "" or ","
  return text:sub(1, -2) .. joint .. '"meta":' .. meta .. "}", crypto.sha1(text)
end

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local ICONS = {
  user = '<i class="icons"><i class="user outline icon"></i></i>',
  key = '<i class="key icon"></i>', server = '<i class="server icon"></i>', users = '<i class="users icon"></i>',
  menu = '<i class="sitemap icon"></i>', code = '<i class="code icon"></i>', sound = '<i class="file audio icon"></i>',
  filter = '<i class="shield alternate icon"></i>', globe = '<i class="globe icon"></i>',
}

--- Anybody's text within HTML.
function mikopbx.html(text) return (tostring(text):gsub('[&<>"]', ENTITIES)) end

--- How lists of the admin pages show a thing: HTML of its icon and name.
function mikopbx.represent(icon, name) return ICONS[icon] .. " " .. mikopbx.html(name) end

--- Text that lists are searched by: values in small letters.
function mikopbx.search_index(...)
  local words = {}
  for i = 1, select("#", ...) do
    local word = tostring((select(i, ...)) or "")
    if word ~= "" then words[#words + 1] = word end
  end
  return table.concat(words, " "):lower()
end

--- The same of an extension: name <number>.
function mikopbx.represent_phone(name, number)
  return ("%s <%s>"):format(mikopbx.represent("user", name or ""), number)
end

--- The same of a sound file; "" without one.
function mikopbx.represent_sound(name) return name and mikopbx.represent("sound", name) or "" end

-- Empty objects are [] on this wire: the original is PHP.
local function or_list(value)
  if value == nil then return json.array({}) end
  if type(value) == "table" and next(value) == nil then return json.array({}) end
  return value
end

--- Text of the envelope without meta. `it`: result, data, messages, operation, processor, status,
--- reload; `legacy` puts jsonapi in front.
function mikopbx.envelope(it, legacy)
  local members = {}
  local n = 0
  local function put(name, value)
    members[n + 1], members[n + 2] = name, value
    n = n + 2
  end
  if legacy then put("jsonapi", json.ordered("version", "1.0")) end
  put("result", it.result)
  put("data", or_list(it.data))
  put("messages", or_list(it.messages))
  put("function", it.operation or "")
  put("processor", it.processor or "")
  put("pid", host.info().pid or 1)
  if it.status then put("httpCode", it.status) end
  if it.reload then put("reload", it.reload) end
  return php(json.ordered(unpack(members, 1, n)))
end

local STATUS = {
  invalid = 422, unauthenticated = 401, denied = 403, not_found = 404, conflict = 409,
  refused = 422, timeout = 422, unavailable = 422, internal = 500,
}

--- HTTP status of an error.
function mikopbx.status_of(err) return err.status or STATUS[err.code] or 500 end

--- Error messages of an error: by field where the dialect does so (err.fields).
function mikopbx.messages_of(err)
  if err.code == "internal" then return { error = { "Internal server error" } } end
  -- When the link to Asterisk fails, the original sends a bare list.
  -- Where the manager listens is nobody's business.
  if err.reason == "node_down" then return { (err.message:gsub(":.*$", "")) } end
  if err.code == "unavailable" or err.code == "timeout" then return { err.message } end
  return { error = err.fields or err.messages or { err.message } }
end

return mikopbx
