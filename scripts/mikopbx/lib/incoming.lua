-- An incoming route of MikoPBX is a DID of ours with one destination, a sound before it if one is named.
local change = require "engine.change"
local did = require "model.did"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local store = require "store"
local target = require "mikopbx.lib.target"
local trunk = require "mikopbx.lib.trunk"

local incoming = {}

incoming.RULES = {
  rulename = { max = 100, default = "" },
  number = { max = 40 },
  provider = { max = 64, default = "none" },
  extension = { max = 40 },
  priority = { type = "integer", min = 0, most = 9999, default = 0 },
  timeout = { type = "integer", min = 1, most = 600, default = 18 },
  audio_message_id = { max = 20, default = "" },
  note = { max = 500, default = "", lines = true },
}
incoming.REQUIRED = { "number", "extension" }
local OWN = {
  provider = "mi_provider", priority = "mi_priority", timeout = "mi_timeout", note = "mi_note",
}

local SELECT = [[SELECT di_id, coalesce(di_country, '') || coalesce(di_area, '') || di_number AS number,
  di_comment, mi_provider, mi_priority, mi_timeout, mi_note FROM di_dids
  LEFT JOIN mk_incomingroutes ON mi_di_id = di_id WHERE di_te_id = ?]]

-- Destinations of DIDs by di_id: {target, audio_message_id}.
local function ways_of(ctx, numbers)
  local rows, err = store.query([[SELECT de_type_id_src AS id, de_type_dst AS kind, de_type_id_dst AS target
    FROM de_destinations WHERE de_te_id = ? AND de_type_src = 'DID' ORDER BY de_type_id_src, de_ord, de_id]],
    { ctx.tenant.id }, { rows = 100000 })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do
    local way = found[row.id] or { sound = "" }
    found[row.id] = way
    if row.kind == "PLAYBACK" and not way.target then way.sound = tostring(row.target)
    else way.target = way.target or target.text(numbers, row.kind, row.target) end
  end
  return found
end

local function record(row, way)
  return {
    id = tostring(row.di_id), rulename = row.di_comment or "", number = row.number,
    provider = row.mi_provider or "none", priority = row.mi_priority or 0, timeout = row.mi_timeout or 18,
    extension = way and way.target or "", audio_message_id = way and way.sound or "",
    note = row.mi_note or "",
  }
end

--- All routes, or one; in the order they are listed.
function incoming.records(ctx, id)
  local text, bound = SELECT, { ctx.tenant.id }
  if id then text, bound[2] = text .. " AND di_id = ?", id end
  local rows, err = store.query(text .. " ORDER BY coalesce(mi_priority, 0), di_id", bound, { rows = 100000 })
  if not rows then return nil, err end
  local numbers
  numbers, err = target.numbers(ctx)
  if not numbers then return nil, err end
  local ways
  ways, err = ways_of(ctx, numbers)
  if not ways then return nil, err end
  local list = {}
  for row in rows:each() do list[#list + 1] = record(row, ways[row.di_id]) end
  return list
end

local function invalid(field, problem)
  return nil, { code = "invalid", message = field .. ": " .. problem, fields = { [field] = problem } }
end

-- The destinations of a route that is to be.
local function tags_of(ctx, it)
  local tag, err = target.tag(ctx, it.extension)
  if not tag then
    if err.code == "invalid" then return invalid("extension", err.message) end
    return nil, err
  end
  if it.audio_message_id == "" then return { tag } end
  if not it.audio_message_id:match("^%d+$") then return invalid("audio_message_id", "no such sound file") end
  return { "PLAYBACK-" .. it.audio_message_id, tag }
end

local function check(it)
  for _, name in ipairs(incoming.REQUIRED) do
    if (it[name] or "") == "" then return invalid(name, "is required") end
  end
  if not it.number:match("^%+?%d+$") then return invalid("number", "must be digits, with or without a plus") end
  if it.provider == "" then it.provider = "none" end
  if it.provider == "none" then return true end
  local named, err = trunk.names()
  if not named then return nil, err end
  for _, known in pairs(named) do
    if known.id == it.provider then return true end
  end
  return invalid("provider", "no such provider")
end

-- The model's names of what this API calls otherwise.
local NAMES = { di_number = "number", number = "number", di_comment = "rulename", comment = "rulename",
  destination = "audio_message_id", did = "audio_message_id", DID = "audio_message_id" }

local function not_saved(err)
  local name = NAMES[err.field or ""]
  if not name then return nil, err end
  local problem = err.message:gsub("^[%w_]+:%s*", "")
  return nil, { code = err.code, message = name .. ": " .. problem, fields = { [name] = problem } }
end

local function own_of(it)
  local own = {}
  for name, column in pairs(OWN) do own[column] = it[name] end
  return own
end

--- Creates a route of cleaned fields, or changes the one given as `before`.
function incoming.save(ctx, values, before)
  local it = {}
  for name, value in pairs(before or {}) do it[name] = value end
  for name, value in pairs(values) do it[name] = value end
  local ok, err = check(it)
  if not ok then return nil, err end
  local changes = { di_comment = it.rulename }
  if not before or before.number ~= it.number then
    changes.di_country, changes.di_area, changes.di_number = "", "", it.number
  end
  if not before or before.extension ~= it.extension or before.audio_message_id ~= it.audio_message_id then
    local tags
    tags, err = tags_of(ctx, it)
    if not tags then return nil, err end
    changes.destinations = { DID = tags }
  end
  local own = { mk_incomingroutes = own_of(it) }
  local made
  if before then made, err = change.run(ctx, { { did, "update", tonumber(before.id), changes, annexes = own } })
  else made, err = change.run(ctx, { { did, "create", changes, annexes = own } }) end
  if not made then return not_saved(err) end
  local list
  list, err = incoming.records(ctx, made[1].di_id)
  if not list then return nil, err end
  return list[1]
end

--- Cleaned fields; those of a create have their defaults.
function incoming.clean(values, creating) return fields.clean(incoming.RULES, values, creating) end

function incoming.delete(ctx, it) return did.delete(ctx, tonumber(it.id)) end

--- The step that gives a route a new priority.
function incoming.prioritized(id, priority)
  return { did, "update", id, {}, annexes = { mk_incomingroutes = { mi_priority = priority } } }
end

--- How the API shows a route; `names` of numbers and `trunks` by id, for lists and details alike.
function incoming.shown(it, names, trunks)
  local provider = trunks[it.provider]
  return json.ordered("id", it.id, "rulename", it.rulename, "number", it.number, "provider", it.provider,
    "priority", it.priority, "timeout", it.timeout, "extension", it.extension,
    "audio_message_id", it.audio_message_id, "note", it.note,
    "providerName", provider and provider.name or "", "providerType", provider and "SIP" or "",
    "providerDisabled", provider and provider.disabled or false,
    "extensionName", names[it.extension] or "", "extensionRepresent", target.represent(names, it.extension))
end

return incoming
