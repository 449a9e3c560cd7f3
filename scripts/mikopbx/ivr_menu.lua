-- /ivr-menu: menus of spoken choices.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local sound_name = require "mikopbx.lib.sound_name"
local target = require "mikopbx.lib.target"

local SELECT = [[SELECT iv_id, iv_name, iv_number, iv_timeout, iv_maxloops, iv_allowanyextension, mv_description
  FROM iv_ivrs LEFT JOIN mk_ivrs ON mv_iv_id = iv_id]]
local KEYS = { ["*"] = "STAR", ["#"] = "SHARP" }
for n = 0, 9 do KEYS[tostring(n)] = tostring(n) end
local DIGITS, SOURCES = {}, { "IVR_MEDIAFILE", "IVR_TIMEOUT", "CUSTOMIVR_*" }
for digits, word in pairs(KEYS) do
  DIGITS["IVR_" .. word] = digits
  SOURCES[#SOURCES + 1] = "IVR_" .. word
end

-- The source of what a key leads to, and back.
local function source_of(digits) return KEYS[digits] and "IVR_" .. KEYS[digits] or "CUSTOMIVR_" .. digits end

local function actions_of(ways)
  local list = {}
  for source, some in pairs(ways) do
    local digits = DIGITS[source] or source:match("^CUSTOMIVR_(.+)$")
    if digits and some[1] then list[#list + 1] = { digits = digits, extension = some[1].text } end
  end
  table.sort(list, function(a, b)
    local x, y = tonumber(a.digits) or 1e9, tonumber(b.digits) or 1e9
    if x ~= y then return x < y end
    return a.digits < b.digits
  end)
  return list
end

local function read(ctx, rows)
  local ids, sounds, list = {}, {}, {}
  for i, row in ipairs(rows) do ids[i] = row.iv_id end
  local ways, names = target.ways(ctx, SOURCES, ids)
  if not ways then return nil, names end
  for i, row in ipairs(rows) do
    local of = ways[row.iv_id]
    local sound, timeout = of.IVR_MEDIAFILE[1], of.IVR_TIMEOUT[1]
    list[i] = {
      row_id = row.iv_id, name = row.iv_name or "", extension = row.iv_number or "", description = row.mv_description or "",
      timeout = tonumber(row.iv_timeout) or 10, number_of_repeat = tonumber(row.iv_maxloops) or 3,
      allow_enter_any_internal_extension = row.iv_allowanyextension == "on" or row.iv_allowanyextension == "yes",
      timeout_extension = timeout and timeout.text or "", audio_message_id = sound and ("%d"):format(sound.id) or "",
      actions = actions_of(of), names = names,
    }
    sounds[i] = list[i].audio_message_id
  end
  local named, err = sound_name(sounds)
  if not named then return nil, err end
  for _, it in ipairs(list) do it.sound = named[it.audio_message_id] end
  return list
end

-- The actions of a body: {digits, extension} each, or the JSON text of such a list. A wrong one is said in `bad`.
local function actions_from(sent, bad)
  local out, seen = {}, {}
  for i, item in ipairs(sent) do
    local digits = type(item) == "table" and tostring(item.digits or "") or ""
    local extension = type(item) == "table" and tostring(item.extension or "") or ""
    if not (KEYS[digits] or digits:match("^%d+$") and #digits <= 10) then
      bad.actions = "digits: must be * or # or at most ten digits: " .. digits:sub(1, 20)
    elseif seen[digits] then bad.actions = "digits: twice: " .. digits
    elseif extension == "" then bad.actions = "extension: is required for " .. digits
    end
    seen[digits] = true
    out[i] = { digits = digits, extension = extension }
  end
  return out
end

local function check(it, bad)
  it.actions = actions_from(it.actions, bad)
  if not it.audio_message_id:match("^%d*$") then bad.audio_message_id = "no such sound file" end
end

local function changes(ctx, it, before, values)
  -- Who hears nothing to press, or presses wrongly too often, is sent the same way.
  local named = { IVR_TIMEOUT = { "timeout_extension", it.timeout_extension },
    IVR_WRONG = { "timeout_extension", it.timeout_extension } }
  if not before or values.actions then
    for _, action in ipairs(before and before.actions or {}) do named[source_of(action.digits)] = { "actions", "" } end
    for _, action in ipairs(it.actions) do named[source_of(action.digits)] = { "actions", action.extension } end
  end
  local found, err = target.destinations(ctx, named)
  if not found then return nil, err end
  found.IVR_MEDIAFILE = json.array({ it.audio_message_id ~= "" and "MEDIAFILE-" .. it.audio_message_id or nil })
  return {
    iv_name = it.name, iv_number = it.extension, iv_timeout = ("%d"):format(it.timeout),
    iv_maxloops = ("%d"):format(it.number_of_repeat), iv_loopontimeout = "on", iv_looponwrongkeypress = "on",
    iv_allowanyextension = it.allow_enter_any_internal_extension and "on" or "", destinations = found,
  }, { mv_description = it.description }
end

local function represent(it) return mikopbx.represent("menu", ("%s <%s>"):format(it.name, it.extension)) end

local function search_index(it) return mikopbx.search_index(it.name, it.extension, it.description) end

local function shown(it)
  local actions = json.array({})
  for i, action in ipairs(it.actions) do
    actions[i] = json.ordered("id", tostring(i), "digits", action.digits, "extension", action.extension,
      "extension_represent", target.represent(it.names, action.extension))
  end
  return json.ordered("id", it.id, "name", it.name, "extension", it.extension, "description", it.description,
    "timeout", it.timeout, "number_of_repeat", it.number_of_repeat,
    "allow_enter_any_internal_extension", it.allow_enter_any_internal_extension,
    "timeout_extension", it.timeout_extension,
    "timeout_extension_represent", target.represent(it.names, it.timeout_extension),
    "audio_message_id", it.audio_message_id, "audio_message_id_represent", mikopbx.represent_sound(it.sound),
    "actions", actions, "represent", represent(it), "search_index", search_index(it))
end

local function row(it)
  local actions, timeout = json.array({}), target.represent(it.names, it.timeout_extension)
  for i, action in ipairs(it.actions) do
    actions[i] = json.ordered("digits", action.digits, "represent", target.represent(it.names, action.extension))
  end
  return json.ordered("id", it.id, "name", it.name, "extension", it.extension, "description", it.description,
    "timeout", it.timeout, "number_of_repeat", it.number_of_repeat, "timeout_extension", it.timeout_extension,
    "timeout_extension_represent", timeout, "timeoutExtensionRepresent", timeout, "actions", actions,
    "represent", represent(it), "search_index", search_index(it))
end

return resource.of {
  path = "ivr-menu", word = "IVR menu", summary = "Menus of spoken choices.",
  prefix = "IVR", tag = "IVR", shape = shapes.menu, row_shape = shapes.menu_row,
  model = require "model.ivr", annex = "mk_ivrs",
  rules = {
    name = { max = 100 }, extension = { digits = true, max = 8 }, description = { max = 500, default = "", lines = true },
    timeout = { type = "integer", min = 1, most = 99, default = 7 },
    number_of_repeat = { type = "integer", min = 0, most = 99, default = 3 },
    allow_enter_any_internal_extension = { type = "boolean", default = false },
    timeout_extension = { max = 20, default = "" }, audio_message_id = { max = 20, default = "" },
    actions = { type = "table", default = {} },
  },
  required = { "name", "extension" }, check = check,
  names = { iv_name = "name", name = "name", iv_number = "extension", number = "extension", ivr_mediafile = "audio_message_id",
    IVR_MEDIAFILE = "audio_message_id", mediafile = "audio_message_id" },
  id = "iv_id", order = "iv_name, iv_id", orders = { name = "iv_name", extension = "iv_number" },
  search = { "iv_name", "iv_number", "mv_description" },
  select = SELECT, read = read, changes = changes, shown = shown, row = row,
  copied = function(it) it.extension, it.name = "", "copy of " .. it.name end,
}
