-- /incoming-routes: numbers that calls come in on, and where they go: a DID with one destination, a sound before
-- it if one is named.
local did = require "model.did"
local json = require "json"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local target = require "mikopbx.lib.target"
local trunk_name = require "mikopbx.lib.trunk_name"

local SELECT = [[SELECT di_id, coalesce(di_country, '') || coalesce(di_area, '') || di_number AS number,
  di_comment, mi_pr_id, mi_priority, mi_timeout, mi_note FROM di_dids
  LEFT JOIN mk_incomingroutes ON mi_di_id = di_id]]
local SOURCES = { "DID" }

local function record(row, ways, names, trunks)
  local it = {
    row_id = row.di_id, rulename = row.di_comment or "", number = row.number,
    provider = "none", priority = row.mi_priority or 0, timeout = row.mi_timeout or 18,
    note = row.mi_note or "", audio_message_id = "", names = names,
  }
  it.trunk = trunks[row.mi_pr_id]
  if it.trunk then it.provider = it.trunk.id end
  for _, way in ipairs(ways) do
    if way.kind == "PLAYBACK" and not it.extension then it.audio_message_id = tostring(way.id)
    else it.extension = it.extension or way.text end
  end
  it.extension = it.extension or ""
  return it
end

local function read(ctx, rows)
  local ids, providers, list = {}, {}, {}
  for i, row in ipairs(rows) do
    ids[i] = row.di_id
    providers[#providers + 1] = row.mi_pr_id
  end
  local ways, names = target.ways(ctx, SOURCES, ids)
  if not ways then return nil, names end
  local trunks, err = trunk_name.by_row(providers)
  if not trunks then return nil, err end
  for i, row in ipairs(rows) do list[i] = record(row, ways[row.di_id].DID, names, trunks) end
  return list
end

-- The destinations of a route that is to be.
local function tags_of(ctx, it)
  local found, err = target.destinations(ctx, { DID = { "extension", it.extension } })
  if not found then return nil, err end
  if it.audio_message_id ~= "" then table.insert(found.DID, 1, "PLAYBACK-" .. it.audio_message_id) end
  return found
end

local function check(it, bad)
  if it.number ~= "" and not it.number:match("^%+?%d+$") then bad.number = "must be digits, with or without a plus" end
  if not it.audio_message_id:match("^%d*$") then bad.audio_message_id = "no such sound file" end
  if it.provider == "" then it.provider = "none" end
end

local function changes(ctx, it, before)
  local trunk = json.null
  if it.provider ~= "none" then
    local trunks, err = trunk_name.by_id({ it.provider })
    if not trunks then return nil, err end
    if not trunks[it.provider] then return resource.invalid({ provider = "no such provider" }) end
    trunk = trunks[it.provider].pr_id
  end
  local out = { di_comment = it.rulename }
  if not before or before.number ~= it.number then out.di_country, out.di_area, out.di_number = "", "", it.number end
  if not before or before.extension ~= it.extension or before.audio_message_id ~= it.audio_message_id then
    local err
    out.destinations, err = tags_of(ctx, it)
    if err then return nil, err end
  end
  return out, { mi_pr_id = trunk, mi_priority = it.priority, mi_timeout = it.timeout, mi_note = it.note }
end

local function shown(it)
  local provider = it.trunk
  return json.ordered("id", it.id, "rulename", it.rulename, "number", it.number, "provider", it.provider,
    "priority", it.priority, "timeout", it.timeout, "extension", it.extension,
    "audio_message_id", it.audio_message_id, "note", it.note,
    "providerName", provider and provider.name or "", "providerType", provider and provider.type or "",
    "providerDisabled", provider and provider.disabled or false,
    "extensionName", it.names[it.extension] or "", "extensionRepresent", target.represent(it.names, it.extension))
end

local KIND = {
  path = "incoming-routes", word = "Incoming route", summary = "Numbers that calls come in on, and where they go.",
  shape = shapes.incoming_route, model = did, annex = "mk_incomingroutes",
  rules = {
    rulename = { max = 100, default = "" }, number = { max = 40 }, provider = { max = 64, default = "none" },
    extension = { max = 40 }, priority = { type = "integer", min = 0, most = 9999, default = 0 },
    timeout = { type = "integer", min = 1, most = 600, default = 18 }, audio_message_id = { max = 20, default = "" },
    note = { max = 500, default = "", lines = true },
  },
  required = { "number", "extension" }, check = check,
  names = { di_number = "number", number = "number", di_comment = "rulename", comment = "rulename",
    destination = "audio_message_id", did = "audio_message_id", DID = "audio_message_id" },
  id = "di_id", order = "coalesce(mi_priority, 0), di_id",
  orders = { priority = "coalesce(mi_priority, 0)", rulename = "di_comment", number = "di_number" },
  search = { "di_comment", "di_number", "mi_note" },
  select = SELECT, read = read, changes = changes, shown = shown,
  -- A number is one route's, so the copy is to be given another before it is saved.
  copy_verb = "POST", copied = function(it) it.number, it.rulename = "", "copy of " .. it.rulename end,
  prioritized = function(id, priority)
    return { did, "update", id, {}, annexes = { mk_incomingroutes = { mi_priority = priority } } }
  end,
  actions = {
    getDefaultRoute = { access = "read", verb = "GET /incoming-routes:getDefaultRoute",
      result = shapes.record(shapes.members("id rulename number provider action extension note", "text", { priority = "whole" })) },
    getUniqueDIDs = { access = "read", verb = "GET /incoming-routes:getUniqueDIDs",
      result = shapes.list(shapes.record({ did = "text", title = "text" })) },
  },
}

local routes = resource.of(KIND)

-- There is none to set: calls to a number that is no route's are refused.
function routes.getDefaultRoute()
  return json.ordered("id", "", "rulename", "default action", "number", "", "provider", "none",
    "action", "hangup", "extension", "hangup", "note", "", "priority", 9999)
end

function routes.getUniqueDIDs(req)
  local rows, err = resource.rows(KIND, req.ctx)
  if not rows then return nil, err end
  local out = json.array({})
  for row in rows:each() do out[#out + 1] = json.ordered("did", row.number, "title", row.di_comment or "") end
  return out
end

return routes
